"""Plain data to models: each validation error becomes a fault with path, line, value and fix."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, NetmaskValueError
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from fleet.load.pruning import Invalid, validate_in_rounds
from fleet.model.base import NAME_PATTERN, EnvName
from fleet.model.cluster import LabelKey, ObjectName
from fleet.model.group import AgentName, EndpointRef
from fleet.model.hosts import CONNECTION_PATTERN
from fleet.model.paths import PATH_PATTERN
from fleet.model.waiver import RuleId
from fleet.source.defaults import POOL_LABEL
from fleet.source.document import Document, KeyPath, dotted
from fleet.source.faults import Fault
from fleet.source.redaction import HIDDEN, shown
from fleet.source.scalars import resolve
from fleet.source.secret_names import names_a_secret
from fleet.suggest import suggestion

ModelT = TypeVar("ModelT", bound=BaseModel)

_REMEDIES = {
    "missing": "add it",
    "greater_than": "raise it",
    "greater_than_equal": "raise it",
    "less_than": "lower it",
    "less_than_equal": "lower it",
    "string_too_long": "shorten it",
    "string_too_short": "lengthen it",
    "too_short": "add one",
    "string_type": "write it in quotes",
}
_NO_DATE = ("is not a date", "write it like 2027-03-31")
_WORDS = {
    **dict.fromkeys(("bool_parsing", "bool_type"), ("is neither true nor false", "write true or false")),
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float"), ("is not a whole number", "write it like 4")),
    **dict.fromkeys(("float_parsing", "float_type", "finite_number"), ("is not a number", "write it like 1.5")),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), _NO_DATE
    ),
    "ip_v4_address": ("is not an IPv4 address", "write it like 192.168.1.30"),
    "ip_v4_network": ("is not an IPv4 network", "write it like 10.210.3.0/24"),
}
"""Our own words for errors about one value."""


def _pattern(annotated: Any) -> str:
    return str(annotated.__metadata__[0].pattern)


_FORMATS = {
    NAME_PATTERN: "use lower-case words joined by hyphens",
    _pattern(EnvName): "use letters, digits and underscores, like LOG_LEVEL",
    _pattern(LabelKey): f"write it like {POOL_LABEL}",
    _pattern(ObjectName): "use lower-case letters, digits, - and .",
    _pattern(AgentName): "write it like GoalManager",
    _pattern(RuleId): "use the id of one rule, like E06 (see `fleet policy list`)",
    PATH_PATTERN: "write an absolute path without a colon, like /data",
    _pattern(EndpointRef): "write it like core-platform or core-platform/main",
    CONNECTION_PATTERN: "write it like ssh://owner@192.168.1.30, unix:///var/run/docker.sock, kubeconfig://<context> "
    "or gcp://<project id>",
}
"""Pattern -> what to write, for patterns that are hard to read."""

_MAPPINGS = ("dict_type", "mapping_type", "model_type", "model_attributes_type")
_SHAPES = {
    **dict.fromkeys(_MAPPINGS, ("is not a mapping", "write it as `key: value` lines")),
    "tuple_type": ("is not a list", "write it as `- item` lines, or in [brackets]"),
}

_GENERIC = frozenset({"machine", "containers", "main"})
"""Keys that name no single value."""

_SUGGESTED = re.compile(r"^did you mean (.+)\?$")


@dataclass(frozen=True, slots=True)
class Checked(Generic[ModelT]):
    """What validation found.

    model: of the valid values, None if a required one is invalid; faults: every fault; lost: keys that the model lacks
    or has by default, since their values are invalid.
    """

    model: ModelT | None
    faults: list[Fault]
    lost: frozenset[str]


def validate(
    model: type[ModelT], data: Mapping[str, Any], document: Document, locate: Callable[[KeyPath], KeyPath] = tuple
) -> tuple[ModelT | None, list[Fault]]:
    """The model, or None and every fault. locate: path in the data -> path in its document."""
    checked = check(model, data, document, locate)
    return (None if checked.faults else checked.model), checked.faults


def check_fragment(model: type[BaseModel], data: Mapping[str, Any], document: Document) -> list[Fault]:
    """The faults of single values of incomplete data."""
    found = validate_in_rounds(model, data).invalid
    given = [each for each in found if each.details is not None and each.details["type"] != "missing"]
    return [_fault(model, each, document.place(each.path), document.written.get(each.path)) for each in given]


def check(
    model: type[ModelT], data: Mapping[str, Any], document: Document, locate: Callable[[KeyPath], KeyPath] = tuple
) -> Checked[ModelT]:
    """The model of all valid values, and every fault. locate: path in the data -> path in its document."""
    pruned = validate_in_rounds(model, data)
    faults: list[Fault] = []
    removed, lost = set(pruned.removed), set()
    for invalid in pruned.invalid:
        path = locate(invalid.path)
        fault = _fault(model, invalid, document.place(path), document.written.get(path))
        faults.append(fault)
        if _is_surplus(invalid):
            removed.discard(invalid.path)
            lost |= set(_SUGGESTED.findall(fault.remedy))
    lost |= {str(key) for path in removed for key in path[-2:] if key not in _GENERIC}
    return Checked(pruned.model, faults, frozenset(lost))


def _is_surplus(invalid: Invalid) -> bool:
    """Whether the model is complete without the value: an unknown key, or an item named twice."""
    if invalid.details is None:
        return bool(invalid.path) and isinstance(invalid.path[-1], int)
    return invalid.details["type"] == "extra_forbidden"


def unknown_key(place: tuple[str, int | None], path: KeyPath, known: Iterable[str]) -> Fault:
    """The fault of an unknown key, with the nearest known one."""
    return Fault(*place, dotted(path), "unknown key", suggestion(str(path[-1]), known))


def _fault(model: type[BaseModel], invalid: Invalid, place: tuple[str, int | None], written: str | None) -> Fault:
    path, details = invalid.path, invalid.details
    if details is None:
        problem, _, remedy = invalid.text.partition("; ")
    elif details["type"] == "extra_forbidden":
        return unknown_key(place, path, _known_keys(model, path[:-1]))
    elif invalid.is_key and details["type"] != "value_error":
        problem, remedy = _key_wording(path, details)
    else:
        hide = any(names_a_secret(str(key)) for key in path)
        shown_value = HIDDEN if hide else details["input"] if written is None else _Written(written)
        problem, remedy = _wording(details["type"], {**details, "input": shown_value})
    return Fault(*place, dotted(path), problem, remedy)


class _Written(float):
    """A number in messages, as the file spells it: `1.10`."""

    def __new__(cls, text: str) -> _Written:
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str

    def __repr__(self) -> str:
        return self.text


def _key_wording(path: KeyPath, details: ErrorDetails) -> tuple[str, str]:
    """Problem and fix of an invalid key."""
    context, key = details.get("ctx", {}), shown(path[-1])
    match details["type"]:
        case "string_too_short":
            return f"{key} is too short for a name", f"use {context['min_length']} characters or more"
        case "string_too_long":
            return f"{key} is too long for a name", f"use {context['max_length']} characters or fewer"
        case "string_pattern_mismatch":
            pattern = context["pattern"]
            return f"{key} is not a valid name", _FORMATS.get(pattern, f"match {pattern}")
    return _wording(details["type"], details)


def _wording(kind: str, details: ErrorDetails | dict[str, Any]) -> tuple[str, str]:
    value = details["input"]
    if kind == "value_error" and _is_of_network(details["ctx"]["error"]):
        kind = "ip_v4_network"
    if kind == "value_error":
        problem, _, remedy = str(details["ctx"]["error"]).partition("; ")
        return problem, remedy or "correct it"
    if kind == "missing":
        return "is missing", "add it"
    if kind in _SHAPES:
        problem, remedy = _SHAPES[kind]
        return f"{shown(value)} {problem}", remedy
    if kind in _WORDS:
        problem, remedy = _WORDS[kind]
        is_quoted = isinstance(value, str) and kind.endswith("_type") and not isinstance(resolve(value), str | None)
        return f"{shown(value)} {problem}", "remove the quotes" if is_quoted else remedy
    if kind == "string_type" and (isinstance(value, dict | list) or value is None):
        return f"{shown(value)} is not text", "write one line of text"
    message = details["msg"].replace("Input should", "must").replace("String should", "must")
    message = message[0].lower() + message[1:]
    if kind == "string_pattern_mismatch":
        pattern = details["ctx"]["pattern"]
        return f"{shown(value)} has an invalid format", _FORMATS.get(pattern, f"match {pattern}")
    if kind in ("literal_error", "enum"):
        return f"{shown(value)} is not allowed", f"use {details['ctx']['expected']}"
    if isinstance(value, (str, int, float, bool)) or value is None:
        return f"{shown(value)}{' ' if message.startswith('must ') else ': '}{message}", _REMEDIES.get(
            kind, "correct it"
        )
    return message, _REMEDIES.get(kind, "correct it")


def _is_of_network(error: Exception) -> bool:
    return isinstance(error, AddressValueError | NetmaskValueError) or str(error).endswith("has host bits set")


def _known_keys(model: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """Keys of the model at a location, through unions and containers."""
    for key in loc:
        by_key = {field.alias or name: field for name, field in model.model_fields.items()}
        if key in by_key:
            model = _model_in(by_key[str(key)].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items() if name not in ("name", "system")]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in reversed(get_args(annotation)) if (model := _model_in(part))), None)

"""Plain data to models: each validation error becomes a fault with path, line, value and fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from fleet.model.base import NAME_PATTERN
from fleet.model.hosts import CONNECTION_PATTERN
from fleet.source.document import Document, KeyPath, dotted
from fleet.source.faults import Fault
from fleet.source.redaction import HIDDEN, names_a_secret, shown
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
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), _NO_DATE
    ),
    "ip_v4_address": ("is not an IPv4 address", "write it like 192.168.1.30"),
    "ip_v4_network": ("is not an IPv4 network", "write it like 10.210.3.0/24"),
}
"""Our own words for errors about one value."""

_FORMATS = {
    NAME_PATTERN: "use lower-case words joined by hyphens",
    CONNECTION_PATTERN: "write it like ssh://owner@192.168.1.30, unix:///var/run/docker.sock, kubeconfig://<context> "
    "or gcp://<project id>",
}
"""Pattern -> what to write, for patterns that are hard to read."""

_MAPPINGS = ("dict_type", "mapping_type", "model_type", "model_attributes_type")
_SHAPES = {
    **dict.fromkeys(_MAPPINGS, ("is not a mapping", "write it as `key: value` lines")),
    "tuple_type": ("is not a list", "write it as `- item` lines, or in [brackets]"),
}


def validate(
    model: type[ModelT], data: Mapping[str, Any], document: Document, locate: Callable[[KeyPath], KeyPath] = tuple
) -> tuple[ModelT | None, list[Fault]]:
    """The model, or None and every fault. locate: path in the data -> path in its document."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
        return None, [_fault(model, details, lambda path: document.place(locate(path))) for details in errors]


def unknown_key(place: tuple[str, int | None], path: KeyPath, known: Iterable[str]) -> Fault:
    """The fault of an unknown key, with the nearest known one."""
    return Fault(*place, dotted(path), "unknown key", suggestion(str(path[-1]), known))


def _fault(model: type[BaseModel], details: ErrorDetails, place: Callable[[KeyPath], tuple[str, int | None]]) -> Fault:
    # Pydantic appends a mark to the location of an invalid key.
    is_key = details["loc"][-1:] == ("[key]",) and details["loc"][-2:-1] == (details["input"],)
    loc = details["loc"][:-1] if is_key else details["loc"]
    kind = details["type"]
    if kind == "extra_forbidden":
        return unknown_key(place(loc), loc, _known_keys(model, loc[:-1]))
    if is_key and kind != "value_error":
        problem, remedy = f"{shown(loc[-1])} is not a valid name", "use lower-case words joined by hyphens"
        if loc[-2:-1] == ("agents",):
            remedy = "write it like GoalManager"
        if loc[-2:-1] == ("waivers",):
            remedy = "use the id of one rule, like E06 (see `fleet policy list`)"
    else:
        hide = any(names_a_secret(str(key)) for key in loc)
        problem, remedy = _wording(kind, {**details, "input": HIDDEN} if hide else details)
    return Fault(*place(loc), dotted(loc), problem, remedy)


def _wording(kind: str, details: ErrorDetails) -> tuple[str, str]:
    value = details["input"]
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
        return f"{shown(value)} {problem}", remedy
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

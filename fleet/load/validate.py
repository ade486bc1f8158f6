"""Plain data to models: every fault of a model becomes one of ours, with path, line, value and way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from fleet.redaction import HIDDEN, names_a_secret, shown
from fleet.source.document import Document, KeyPath, dotted
from fleet.source.faults import Fault
from fleet.suggest import suggestion

ModelT = TypeVar("ModelT", bound=BaseModel)

_REMEDIES = {
    "missing": "add it",
    "greater_than": "raise it",
    "greater_than_equal": "raise it",
    "less_than": "lower it",
    "less_than_equal": "lower it",
    "string_too_long": "shorten it",
    "string_too_short": "write it out",
    "too_short": "add one",
    "string_type": "write it in quotes",
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "int_parsing": "write a whole number",
    "int_type": "write a whole number",
    "int_from_float": "write a whole number",
}
_SHAPES = {
    "dict_type": ("is not a mapping", "write it as `key: value` lines"),
    "mapping_type": ("is not a mapping", "write it as `key: value` lines"),
    "model_type": ("is not a mapping", "write it as `key: value` lines"),
    "model_attributes_type": ("is not a mapping", "write it as `key: value` lines"),
    "tuple_type": ("is not a list", "write it as `- item` lines, or in [brackets]"),
}


def validate(
    model: type[ModelT], data: Mapping[str, Any], document: Document, prefix: KeyPath = (), strip: str = ""
) -> tuple[ModelT | None, list[Fault]]:
    """Validates data taken from a document at `prefix`; `strip` is a key namespace that paths leave out.

    Returns the model, or None and every fault.
    """
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, [_fault(model, details, document, prefix, strip) for details in error.errors(include_url=False)]


def unknown_key(source: str, line: int | None, path: KeyPath, known: Iterable[str]) -> Fault:
    """The fault of a key nobody reads, with the nearest known one."""
    return Fault(source, line, dotted(path), "is no known key", suggestion(str(path[-1]), known))


def _fault(model: type[BaseModel], details: ErrorDetails, document: Document, prefix: KeyPath, strip: str) -> Fault:
    is_of_key = _is_of_key(details)
    loc = details["loc"][:-1] if is_of_key else details["loc"]
    source, line = document.place((*prefix, *(f"{strip}{key}" if i == 0 else key for i, key in enumerate(loc))))
    kind = details["type"]
    if kind == "extra_forbidden":
        return unknown_key(source, line, loc, _known_keys(model, loc[:-1]))
    if is_of_key:
        problem, remedy = f"{shown(loc[-1])} is not a valid name here", "use lower-case words joined by dashes"
        if loc[-2:-1] == ("agents",):
            remedy = "write an agent's name like GoalManager"
        if loc[-2:-1] == ("waivers",):
            remedy = "write the id of one rule, like E06; a waiver is for one rule (`fleet policy list` shows them)"
    else:
        hide = any(names_a_secret(str(key)) for key in loc)
        problem, remedy = _wording(kind, {**details, "input": HIDDEN} if hide else details)
    return Fault(source, line, dotted(loc), problem, remedy)


def _is_of_key(details: ErrorDetails) -> bool:
    """Whether the fault is of a mapping's key, and not of a value: pydantic appends a mark to the key."""
    return details["loc"][-1:] == ("[key]",) and details["loc"][-2:-1] == (details["input"],)


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
    message = details["msg"][0].lower() + details["msg"][1:]
    if kind == "string_pattern_mismatch":
        return f"{shown(value)} has not the right form", f"match {details['ctx']['pattern']}"
    if kind in ("literal_error", "enum"):
        return f"{shown(value)} is not allowed", f"use {details['ctx']['expected']}"
    if isinstance(value, (str, int, float, bool)) or value is None:
        return f"{shown(value)}: {message}", _REMEDIES.get(kind, "correct it")
    return message, _REMEDIES.get(kind, "correct it")


def _known_keys(model: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """Keys the model at a location knows: follows field types through unions and containers."""
    found: Any = model
    for key in loc:
        if not (isinstance(found, type) and issubclass(found, BaseModel)):
            continue
        by_key = {field.alias or name: field for name, field in found.model_fields.items()}
        if key in by_key:
            found = _model_in(by_key[str(key)].annotation) or found
    if not (isinstance(found, type) and issubclass(found, BaseModel)):
        return []
    return [field.alias or name for name, field in found.model_fields.items() if name not in ("name", "system")]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in reversed(get_args(annotation)):
        model = _model_in(argument)
        if model is not None:
            return model
    return None

"""Problem and fix of an invalid value, from pydantic's details."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, NetmaskValueError
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from fleet.load.fields import constraints, form_of, is_valid, key_type_at, keys_of, model_of, type_at
from fleet.load.pruning import Invalid
from fleet.source.document import KeyPath
from fleet.source.redaction import HIDDEN, shown
from fleet.source.scalars import resolve
from fleet.source.secret_names import is_harmless, names_a_secret

_NO_DATE = ("is not a date", "write it like 2027-03-31")
_NO_NUMBER = "is not a number"
_NO_WHOLE = "is not a whole number"
_WORDS = {
    **dict.fromkeys(("bool_parsing", "bool_type"), ("is neither true nor false", "write true or false")),
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float"), (_NO_WHOLE, "write it like 4")),
    **dict.fromkeys(("float_parsing", "float_type", "finite_number"), (_NO_NUMBER, "write it like 1.5")),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), _NO_DATE
    ),
    "ip_v4_address": ("is not an IPv4 address", "write it like 192.168.1.30"),
    "ip_v4_network": ("is not an IPv4 network", "write it like 10.210.3.0/24"),
}
"""Problem and fix of errors about one value."""

_BOUNDS = {
    "greater_than": ("is not above {gt}", "raise it"),
    "greater_than_equal": ("is below {ge}", "raise it"),
    "less_than": ("is not below {lt}", "lower it"),
    "less_than_equal": ("is above {le}", "lower it"),
    "string_too_short": ("is too short", "write {min_length} characters or more"),
    "string_too_long": ("is too long", "write {max_length} characters or fewer"),
}
_MAPPINGS = ("dict_type", "mapping_type", "model_type", "model_attributes_type")
_UNITS = {"Mi": "MiB", "Gi": "GiB", "Ti": "TiB", "M": "MiB", "G": "GiB", "MB": "MiB", "GB": "GiB"}
"""Units of Kubernetes and Compose -> ours, which are nearest."""
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([KMGT]i?B?)")


def wording(model: type[BaseModel], invalid: Invalid) -> tuple[str, str]:
    """Problem and fix of an invalid value of a model; not of an unknown key, nor of a broken rule."""
    details = invalid.details
    if details is None:
        problem, _, remedy = invalid.text.partition("; ")
        return problem, remedy
    if invalid.is_key and details["type"] != "value_error":
        return _of_key(model, invalid.path, details)
    value = HIDDEN if _may_be_a_secret(invalid.path, details["input"]) else details["input"]
    return _of_value(model, invalid.path, details, value)


def _may_be_a_secret(path: KeyPath, value: object) -> bool:
    """Whether a value is under a credential's name and may be one; no number is under another key of a secret."""
    named = [str(key) for key in path if names_a_secret(str(key))]
    if not named:
        return False
    if path[-1] != named[-1] and (value is None or isinstance(value, int | float)):
        return False
    return not isinstance(value, str) or not is_harmless(named[-1], value)


def _of_key(model: type[BaseModel], path: KeyPath, details: ErrorDetails) -> tuple[str, str]:
    context, key = details.get("ctx", {}), shown(path[-1])
    match details["type"]:
        case "string_too_short":
            return f"{key} is too short for a name", f"use {context['min_length']} characters or more"
        case "string_too_long":
            return f"{key} is too long for a name", f"use {context['max_length']} characters or fewer"
        case "string_pattern_mismatch":
            return f"{key} is not a valid name", form_of(key_type_at(model, path[:-1]))
    return f"{key} is not a valid key", f"use {context['expected']}" if "expected" in context else "correct it"


def _of_value(model: type[BaseModel], path: KeyPath, details: ErrorDetails, value: object) -> tuple[str, str]:
    kind, context = details["type"], details.get("ctx", {})
    field = type_at(model, path)
    if kind == "missing":
        return "is missing", "add it"
    if kind == "value_error" and not _is_of_network(context["error"]):
        problem, _, remedy = str(context["error"]).partition("; ")
        return problem, remedy or "correct it"
    if kind == "value_error":
        kind = "ip_v4_network"
    if kind in _MAPPINGS:
        return f"{shown(value)} is not a mapping", _as_mapping(model, path, value)
    if kind == "tuple_type":
        return f"{shown(value)} is not a list", "write it as `- item` lines, or in [brackets]"
    if kind in _WORDS:
        return _of_scalar(kind, field, value)
    if kind == "string_type":
        return _as_text(model, path, value)
    if kind == "too_long" and isinstance(value, str):
        return f"{shown(value)} is too long", form_of(field) or f"write {context['max_length']} characters or fewer"
    if kind == "too_long":
        return f"has {context['actual_length']} items, more than {context['max_length']}", "remove some"
    if kind == "too_short":
        return "is empty", "add an item, or drop the key"
    if kind == "string_pattern_mismatch":
        return f"{shown(value)} has an invalid format", form_of(field)
    if kind in ("literal_error", "enum"):
        return f"{shown(value)} is not allowed", f"use {context['expected']}"
    if kind in _BOUNDS:
        bounds = {key: int(each) if _is_whole(each) else each for key, each in context.items()}
        problem, remedy = (text.format_map(bounds) for text in _BOUNDS[kind])
        if context.get("min_length") == 1:
            return f"{shown(value)} {problem}", "write a character or more"
        return f"{shown(value)} {problem}", (kind == "string_too_short" and form_of(field)) or remedy
    return f"{shown(value)}: {details['msg'][:1].lower()}{details['msg'][1:]}", "correct it"


def _of_scalar(kind: str, field: Any, value: object) -> tuple[str, str]:
    problem, remedy = _WORDS[kind]
    if isinstance(value, str) and kind.endswith("_type") and not isinstance(resolve(value), str | None):
        return f"{shown(value)} {problem}", "remove the quotes"
    low, high = _bounds(field)
    if problem in (_NO_WHOLE, _NO_NUMBER) and low is not None and high is not None:
        remedy = f"write a {'whole ' if problem == _NO_WHOLE else ''}number from {low} to {high}"
    return f"{shown(value)} {problem}", remedy


def _is_whole(bound: object) -> bool:
    return isinstance(bound, float) and bound.is_integer()


def _bounds(field: Any) -> tuple[Any, Any]:
    """Least and greatest value of a number's type; None for unbounded."""
    every = constraints(field)
    low = next((each.ge for each in reversed(every) if getattr(each, "ge", None) is not None), None)
    high = next((each.le for each in reversed(every) if getattr(each, "le", None) is not None), None)
    return low, high


def _as_text(model: type[BaseModel], path: KeyPath, value: object) -> tuple[str, str]:
    """Quotes are advised only if the quoted text is valid."""
    if isinstance(value, dict | list) or value is None:
        return f"{shown(value)} is not text", form_of(type_at(model, path)) or "write one line of text"
    quoted = shown(value)
    if is_valid(model, path, quoted):
        return f"{quoted} is not text", f'write it in quotes: "{quoted}"'
    return f"{quoted} is not text", form_of(type_at(model, path)) or "write text in quotes"


def _as_mapping(model: type[BaseModel], path: KeyPath, value: object) -> str:
    """How to write a single value as the mapping that belongs there: under its only required key."""
    found = model_of(type_at(model, path))
    if found is None:
        return "write it as `key: value` lines"
    required = [key for key, field in keys_of(found).items() if field.is_required()]
    if len(required) == 1 and isinstance(value, str | int | float):
        translated = _translated(value)
        if is_valid(model, (*path, required[0]), translated):
            return f"write {{{required[0]}: {translated}}}"
    keys = required or list(keys_of(found))[:4]
    return f"write it as `key: value` lines with {', '.join(keys)}"


def _translated(value: object) -> object:
    """A size in Kubernetes' units in ours: `512Mi` as `512MiB`."""
    size = _SIZE.fullmatch(str(value))
    return f"{size[1]}{_UNITS[size[2]]}" if size and size[2] in _UNITS else value


def _is_of_network(error: Exception) -> bool:
    return isinstance(error, AddressValueError | NetmaskValueError) or str(error).endswith("has host bits set")

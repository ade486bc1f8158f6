"""A rule's settings: values that override its defaults, and their schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policy.core.rule import Rule, Settings
from policy.views.scalars import as_whole

_NAMES = {"boolean": "true or false", "integer": "an integer", "array": "a list of strings", "string": "a string"}


def schema_of(default: object) -> dict[str, Any]:
    """JSON schema of one setting, derived from its default."""
    kind = _kind(default)
    plain = list(default) if isinstance(default, tuple | list) else default
    return {"type": kind, "default": plain, **({"items": {"type": "string"}} if kind == "array" else {})}


def expected(default: object) -> str:
    """What a setting's value must be, in words."""
    return _NAMES[_kind(default)]


def fits(value: object, default: object) -> bool:
    """Whether a value has the type of a default. An integer may be a float: the engine sends only floats."""
    kind = _kind(default)
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "integer":
        return isinstance(value, int | float) and not isinstance(value, bool) and as_whole(value) == value
    if kind == "array":
        return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    return isinstance(value, str)


def overlay(rule: Rule, given: Mapping[str, Any]) -> Settings:
    """A rule's defaults overridden by what is given, without values of a wrong type (config readers report them)."""
    fitting = {
        key: as_whole(value) if _kind(rule.defaults[key]) == "integer" else value
        for key, value in given.items()
        if key in rule.defaults and fits(value, rule.defaults[key])
    }
    return {**rule.defaults, **fitting} if fitting else rule.defaults


def _kind(default: object) -> str:
    if isinstance(default, bool):
        return "boolean"
    if isinstance(default, int):
        return "integer"
    return "array" if isinstance(default, list | tuple) else "string"

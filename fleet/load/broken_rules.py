"""Broken rules of models, with the values that each rule reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from fleet.model.base import Model
from fleet.source.document import KeyPath

_MAPPING = (MappingProxyType, dict)
_WITH_PARTS = (Model, tuple, *_MAPPING)
"""Types of the models' values that hold others; the rest are single values."""


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A breach of a rule: path of the value to change, `problem; remedy`, and paths of all values that it reads."""

    path: KeyPath
    text: str
    read: tuple[KeyPath, ...]


def broken_rules(value: Any, path: KeyPath) -> Iterator[BrokenRule]:
    """Every breach of a model and of those in it, by path in the model's data."""
    if isinstance(value, Model):
        for rule in value.rules:
            if broken := list(rule(value)):
                read = tuple((*path, key) for key in _keys_read(rule, value))
                yield from (BrokenRule((*path, *below), text, read) for below, text in broken)
        parts: Iterable[tuple[Any, Any]] = (
            (spec.alias or name, getattr(value, name)) for name, spec in type(value).model_fields.items()
        )
    else:
        parts = value.items() if isinstance(value, _MAPPING) else enumerate(value)
    for key, part in parts:
        if isinstance(part, _WITH_PARTS):
            yield from broken_rules(part, (*path, key))


class _Reading:
    """A model that records which of its fields are read, also by its properties."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.fields: dict[str, None] = {}

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(type(self._model), name, None)
        if isinstance(attribute, property) and attribute.fget:
            return attribute.fget(self)
        if name in type(self._model).model_fields:
            self.fields[name] = None
        return getattr(self._model, name)


def _keys_read(rule: Callable[[Any], Iterator[Any]], model: Model) -> list[str]:
    """Keys of the single values that a rule reads."""
    fields = type(model).model_fields
    # A rule may ask for the fields of its own class.
    reading = type("_Reading", (_Reading,), {"model_fields": fields})(model)
    list(rule(reading))
    single = [name for name in reading.fields if not isinstance(getattr(model, name), Model | Mapping | tuple)]
    return [fields[name].alias or name for name in single]

"""Fields of models by key path, as files spell it: their types, and whether a value is valid for one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from fleet.model.base import WITHOUT_RULES, Form
from fleet.source.document import KeyPath

_ITEM = "*"
"""Any key of a mapping, or any index of a list, in the path of a type."""


def type_at(model: type[BaseModel], path: KeyPath) -> Any:
    """The annotated type of the value at a path; None if the models have no such field."""
    return _type(model, normal(model, path))


def key_type_at(model: type[BaseModel], path: KeyPath) -> Any:
    """The annotated type of the keys of the mapping at a path; None if no mapping is there."""
    return _mapping(type_at(model, path))[0]


def is_valid(model: type[BaseModel], path: KeyPath, value: Any) -> bool:
    """Whether the field at a path takes a value, by its type without rules."""
    adapter = _adapter(model, normal(model, path))
    try:
        return adapter is not None and adapter.validate_python(value, context=WITHOUT_RULES) is not adapter
    except ValidationError:
        return False


def bare(kind: Any) -> Any:
    """A type without annotations and None."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in (Union, UnionType):
            kind = next(part for part in get_args(kind) if part is not NoneType)
        else:
            return kind


def constraints(kind: Any) -> list[Any]:
    """All annotations of a type, also those in a `Field(...)`, the outermost last."""
    found: list[Any] = []
    while True:
        if get_origin(kind) is Annotated:
            here = [part for each in kind.__metadata__ for part in (each, *getattr(each, "metadata", ()))]
            found = [*here, *found]
            kind = get_args(kind)[0]
        elif get_origin(kind) in (Union, UnionType):
            kind = next(part for part in get_args(kind) if part is not NoneType)
        else:
            return found


def form_of(kind: Any) -> str:
    """What to write for a value of a type with a pattern; empty for any other type."""
    return next((each.remedy for each in reversed(constraints(kind)) if isinstance(each, Form)), "")


def model_of(kind: Any) -> type[BaseModel] | None:
    """The model that a type is, without annotations; None for any other type."""
    inner = bare(kind)
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def keys_of(model: type[BaseModel]) -> dict[str, Any]:
    """Key in files -> field."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def known_keys(model: type[BaseModel], path: KeyPath) -> list[str]:
    """Keys that a file may set at a path; none if no model is there."""
    return _known_keys(model, normal(model, path))


@cache
def _known_keys(model: type[BaseModel], path: KeyPath) -> list[str]:
    found = model_of(_type(model, path))
    # Both are set by the file's path.
    return [key for key in keys_of(found) if path or key not in ("name", "system")] if found else []


def normal(model: type[BaseModel], path: KeyPath) -> KeyPath:
    """A path with `*` for the keys of mappings and the indices of lists: one for all values of a type."""
    keys: KeyPath = ()
    for key in path:
        keys = (*keys, key if _is_model(model, keys) else _ITEM)
    return keys


@cache
def _is_model(model: type[BaseModel], path: KeyPath) -> bool:
    return model_of(_type(model, path)) is not None


@cache
def _type(model: type[BaseModel], path: KeyPath) -> Any:
    kind: Any = model
    for key in path:
        kind = _child(kind, key)
    return kind


@cache
def _adapter(model: type[BaseModel], path: KeyPath) -> TypeAdapter[Any] | None:
    kind = _type(model, path)
    return None if kind is None else TypeAdapter(kind)


def _child(kind: Any, key: str | int) -> Any:
    model, inner = model_of(kind), bare(kind)
    if model:
        field = keys_of(model).get(str(key))
        if field is None:
            return None
        return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    return get_args(inner)[0] if get_origin(inner) is tuple else _mapping(kind)[1]


def _mapping(kind: Any) -> tuple[Any, Any]:
    """The types of a mapping's keys and values; None for any other type."""
    inner = bare(kind)
    origin = get_origin(inner)
    if not isinstance(origin, type) or not issubclass(origin, Mapping):
        return None, None
    keys, values = get_args(inner)
    return keys, values

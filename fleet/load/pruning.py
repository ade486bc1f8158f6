"""Validation in rounds: what is invalid is taken out, so that the rest is still checked, up to the rules of the whole.

Pydantic stops at the first layer: no rule of a model runs while one of its fields is invalid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from fleet.model.base import BreachesError
from fleet.source.document import KeyPath

ModelT = TypeVar("ModelT", bound=BaseModel)

_ROUNDS_MAX = 12
"""More than the levels of our models: each round takes out at least one level more."""

_ABSENT = object()

_MARK = "[key]"
"""Pydantic appends it to the location of an invalid key."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """A value that is no good: its path in the data, and pydantic's details or the text of a broken rule."""

    path: KeyPath
    details: ErrorDetails | None
    text: str = ""
    is_key: bool = False


@dataclass(slots=True)
class Pruned(Generic[ModelT]):
    """The model of all valid values, if one can be made of them; the invalid ones; and the paths taken out."""

    model: ModelT | None = None
    invalid: list[Invalid] = field(default_factory=list)
    removed: set[KeyPath] = field(default_factory=set)


def validate_in_rounds(model: type[ModelT], data: Mapping[str, Any]) -> Pruned[ModelT]:
    """Validates data. Types that convert nothing are those of `fleet.model.base`, such as Whole."""
    result = Pruned[ModelT]()
    for _ in range(_ROUNDS_MAX):
        kept, indices = _without(data, result.removed)
        if kept is None:
            break
        try:
            result.model = model.model_validate(kept)
            break
        except ValidationError as error:
            found = [each for details in error.errors(include_url=False) for each in _invalid(details, indices)]
            for each in found:
                if not _follows(each, result.removed):
                    result.invalid.append(each)
            before = len(result.removed)
            result.removed |= {_to_remove(each, data, result.removed) for each in found}
            if len(result.removed) == before or () in result.removed:
                break
    return result


def _invalid(details: ErrorDetails, indices: Mapping[KeyPath, list[int]]) -> Iterator[Invalid]:
    """The invalid values of an error: several for broken rules."""
    loc = details["loc"]
    is_key = loc[-1:] == (_MARK,) and loc[-2:-1] == (details["input"],)
    path = _in_data(loc[:-1] if is_key else loc, indices)
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, BreachesError):
        for below, text in cause.breaches:
            yield Invalid(_in_data((*path, *below), indices), None, text)
    else:
        yield Invalid(path, details, is_key=is_key)


def _in_data(path: KeyPath, indices: Mapping[KeyPath, list[int]]) -> KeyPath:
    """A path in pruned data as one in the whole data: items of lists have moved up."""
    result: KeyPath = ()
    for key in path:
        known = indices.get(result)
        result = (*result, known[key] if known and isinstance(key, int) and key < len(known) else key)
    return result


def _to_remove(invalid: Invalid, data: Any, removed: set[KeyPath]) -> KeyPath:
    """The innermost existing value at or above an invalid one; for a missing one, the mapping that lacks it."""
    value, depth = data, 0
    for key in invalid.path:
        value = _child(value, key)
        if value is _ABSENT:
            break
        depth += 1
    path = invalid.path[:depth]
    while path in removed:
        path = path[:-1]
    return path


def _child(value: Any, key: str | int) -> Any:
    if isinstance(value, list) and isinstance(key, int):
        return value[key] if key < len(value) else _ABSENT
    return value.get(key, _ABSENT) if isinstance(value, dict) else _ABSENT


def _follows(invalid: Invalid, removed: set[KeyPath]) -> bool:
    """Whether an invalid value is the mere consequence of values taken out: it is missing, or its rule names one."""
    below = [path for path in removed if path[: len(invalid.path)] == invalid.path]
    if invalid.details is not None:
        return bool(below)
    names = [str(path[-1]) for path in removed]
    return bool(below) or any(name in invalid.text for name in names)


def _without(value: Any, removed: set[KeyPath]) -> tuple[Any, dict[KeyPath, list[int]]]:
    """Data without some paths; and for each list that lost items, the former indices of the others."""
    indices: dict[KeyPath, list[int]] = {}
    if not removed:
        return value, indices
    prefixes = {path[:length] for path in removed for length in range(len(path))}

    def pruned(value: Any, path: KeyPath) -> Any:
        if path not in prefixes:
            return value
        if isinstance(value, dict):
            return {key: pruned(each, (*path, key)) for key, each in value.items() if (*path, key) not in removed}
        kept = [index for index in range(len(value)) if (*path, index) not in removed]
        indices[path] = kept
        return [pruned(value[index], (*path, index)) for index in kept]

    return pruned(value, ()), indices

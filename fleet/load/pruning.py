"""Validation in rounds: stand-ins replace invalid values, so that all others and every rule are still checked.

Pydantic stops at the first layer: no rule of a model runs while one of its fields is invalid.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from fleet.load.broken_rules import BrokenRule, broken_rules
from fleet.load.fields import is_valid, known_keys
from fleet.load.stand_ins import ABSENT, stand_in
from fleet.model.base import WITHOUT_RULES, BreachesError
from fleet.source.document import KeyPath
from fleet.suggest import suggestion

ModelT = TypeVar("ModelT", bound=BaseModel)

_ROUNDS_MAX = 24
"""Twice the levels of our models: a round replaces a value, removes it, or goes one level up."""

_SUGGESTED = re.compile(r"did you mean (.+)\?")

_DROPPED = re.compile("; (?:drop|remove) ")
"""In the remedy of a value that does not belong there."""

_MARK = "[key]"
"""Pydantic appends it to the location of an invalid key."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """An invalid value: its path in the data, and pydantic's details or the text of a broken rule.

    text: `problem; remedy` of a broken rule, the remedy of an unknown key.
    """

    path: KeyPath
    details: ErrorDetails | None
    text: str = ""
    is_key: bool = False
    meant: str | None = None
    """The known key that an unknown one resembles."""

    @property
    def is_unknown(self) -> bool:
        """Whether it is an unknown key."""
        return self.details is not None and self.details["type"] == "extra_forbidden"

    @property
    def is_missing(self) -> bool:
        """Whether it is a missing key."""
        return self.details is not None and self.details["type"] == "missing"

    @property
    def is_surplus(self) -> bool:
        """Whether the model is complete without the value: an unknown key, or an item listed twice."""
        return self.is_unknown or (self.details is None and bool(self.path) and isinstance(self.path[-1], int))


@dataclass(slots=True)
class Pruned(Generic[ModelT]):
    """What validation found.

    models: the valid model; or a low and a high one, with stand-ins for invalid values; none if a rule of the whole is
    broken; invalid: each invalid value; lost: paths with a stand-in; removed: paths without one.
    """

    models: tuple[ModelT, ...] = ()
    invalid: list[Invalid] = field(default_factory=list)
    lost: set[KeyPath] = field(default_factory=set)
    removed: set[KeyPath] = field(default_factory=set)


def validate_in_rounds(
    model: type[ModelT], data: Mapping[str, Any], as_written: Callable[[], Mapping[str, Any]]
) -> Pruned[ModelT]:
    """Validates data. Types that convert nothing are those of `fleet.model.base`, such as Whole.

    as_written: the data as messages show it, needed only for invalid data.
    """
    try:
        return Pruned((model.model_validate(data),))
    except ValidationError:
        return _Rounds(model, as_written()).run()


class _Rounds(Generic[ModelT]):
    def __init__(self, model: type[ModelT], data: Mapping[str, Any]) -> None:
        self._model = model
        self._data = data
        self._found = Pruned[ModelT]()
        self._stand_ins: dict[KeyPath, tuple[Any, Any]] = {}
        self._surplus: set[KeyPath] = set()
        self._valid: dict[bool, tuple[ModelT, dict[KeyPath, list[int]]] | None] = {}
        """The low and the high model, until another value is lost."""

    def run(self) -> Pruned[ModelT]:
        """First single values, then rules between those, then the models of what is left."""
        found = self._found
        if not self._check_values():
            return found
        breaches = self._check_rules()
        for breach in breaches:
            if self._is_whole(breach.path):
                return found
            # Any of the values that do not fit together may be the wrong one.
            for path in (breach.path, *breach.read):
                if path == breach.path or _at(self._data, path) is not ABSENT:
                    self._lose(path, surplus=False)
        sides = [self._built(high=high) for high in (False, True)]
        if any(built is None or self._breaks_a_whole(built[0]) for built in sides):
            return found
        found.models = tuple(built[0] for built in sides if built)
        if found.lost == found.removed == set():
            found.models = found.models[:1]
        return found

    def _check_values(self) -> bool:
        """Replaces invalid values until the data is valid; False if it cannot be."""
        for _ in range(_ROUNDS_MAX):
            edited, indices = self._edited(high=False)
            try:
                valid = self._model.model_validate(edited, context=WITHOUT_RULES)
            except ValidationError as error:
                errors = [
                    each
                    for details in error.errors(include_url=False)
                    for each in _invalid(self._model, details, indices)
                ]
            else:
                self._valid[False] = valid, indices
                return True
            errors = [each for each in errors if not _lacks_valid_items(each, errors)]
            gone = {*self._found.lost, *self._found.removed, *self._surplus}
            above = {path[:length] for path in gone for length in range(len(path) + 1)}
            self._found.invalid += [
                each for each in errors if each.path not in above and not _is_within(each.path, self._stand_ins)
            ]
            for each in errors:
                if not self._lose(each.path, surplus=each.is_surplus, is_key=each.is_key):
                    return False
                if each.meant is not None:
                    self._lose_field((*each.path[:-1], each.meant))
        return False

    def _check_rules(self) -> list[BrokenRule]:
        """The breaches that do not depend on stand-ins."""
        both: list[dict[BrokenRule, None]] = []
        for high in (False, True) if self._stand_ins else (False,):
            if built := self._built(high=high):
                both.append(dict.fromkeys(_moved(each, built[1]) for each in broken_rules(built[0], ())))
        gone = {*self._found.lost, *self._found.removed}
        common = [each for each in both[0] if all(each in other for other in both)] if both else []
        breaches = [each for each in common if not _is_within(each.path, gone)]
        # What is in a value to drop needs no correction.
        dropped = {each.path for each in breaches if _DROPPED.search(each.text)}
        self._found.invalid = [each for each in self._found.invalid if not _is_within(each.path[:-1], dropped)]
        self._found.invalid += [Invalid(each.path, None, each.text) for each in breaches]
        return breaches

    def _lose(self, path: KeyPath, *, surplus: bool, is_key: bool = False) -> bool:
        """Replaces a value by stand-ins; else removes it, else what holds it. False if nothing is left."""
        self._valid.clear()
        while path:
            if path in self._stand_ins and self._stand_ins[path][0] is ABSENT:
                # A misspelt key is meant for this required one.
                low = stand_in(self._model, path, high=False)
                self._stand_ins[path] = low, self._stand_ins[path][1]
                return low is not ABSENT
            if path in self._stand_ins:
                # The stand-in is invalid here, such as an item that the list has already.
                del self._stand_ins[path]
                self._found.lost.discard(path)
                self._found.removed.add(path)
                return True
            if path in self._found.removed or path in self._surplus:
                path, surplus, is_key = path[:-1], False, False
                continue
            if surplus:
                self._surplus.add(path)
                return True
            low = ABSENT if is_key else stand_in(self._model, path, high=False)
            if low is not ABSENT and self._holder_exists(path):
                # Two equal names would be a fault of their own.
                apart = f"{low}{len(self._stand_ins)}" if isinstance(low, str) else low
                low = apart if is_valid(self._model, path, apart) else low
                self._stand_ins[path] = low, stand_in(self._model, path, high=True)
                self._found.lost.add(path)
                return True
            if _at(self._data, path) is not ABSENT:
                self._found.removed.add(path)
                return True
            path = path[:-1]
        return False

    def _holder_exists(self, path: KeyPath) -> bool:
        return isinstance(_at(self._data, path[:-1]), dict) or _at(self._data, path) is not ABSENT

    def _lose_field(self, path: KeyPath) -> None:
        """Gives a stand-in to the field that a misspelt key may be meant for; the low side lacks it."""
        if _at(self._data, path) is ABSENT and path not in self._stand_ins:
            self._stand_ins[path] = ABSENT, stand_in(self._model, path, high=True)
            self._found.lost.add(path)

    def _built(self, *, high: bool) -> tuple[ModelT, dict[KeyPath, list[int]]] | None:
        if high not in self._valid:
            edited, indices = self._edited(high=high)
            try:
                self._valid[high] = self._model.model_validate(edited, context=WITHOUT_RULES), indices
            except ValidationError:
                self._valid[high] = None
        return self._valid[high]

    def _is_whole(self, path: KeyPath) -> bool:
        """Whether a value is a mapping whose own rules the checks of a fleet rely on."""
        return path in ((), ("machine",)) or (path[:1] == ("containers",) and len(path) <= 2)

    def _breaks_a_whole(self, model: BaseModel) -> bool:
        return any(self._is_whole(breach.path) for breach in broken_rules(model, ()))

    def _edited(self, *, high: bool) -> tuple[Any, dict[KeyPath, list[int]]]:
        """The data with stand-ins; and for each list that lost items, the former indices of the others."""
        indices: dict[KeyPath, list[int]] = {}
        removed = self._found.removed | self._surplus
        changed = removed | self._stand_ins.keys()
        if not changed:
            return self._data, indices
        added: dict[KeyPath, list[KeyPath]] = {}
        for path in self._stand_ins:
            added.setdefault(path[:-1], []).append(path)
        prefixes = {path[:length] for path in changed for length in range(len(path))}

        def edited(value: Any, path: KeyPath) -> Any:
            if path in self._stand_ins:
                return self._stand_ins[path][high]
            if path not in prefixes:
                return value
            if isinstance(value, dict):
                kept = {key: edited(each, (*path, key)) for key, each in value.items() if (*path, key) not in removed}
                more = {str(each[-1]): self._stand_ins[each][high] for each in added.get(path, ())}
                return kept | {key: value for key, value in more.items() if value is not ABSENT}
            if not isinstance(value, list):
                return value
            left = [index for index in range(len(value)) if (*path, index) not in removed]
            indices[path] = left
            return [edited(value[index], (*path, index)) for index in left]

        return edited(self._data, ()), indices


def _moved(broken: BrokenRule, indices: Mapping[KeyPath, list[int]]) -> BrokenRule:
    """A breach by its paths in the file's data."""
    read = tuple(_in_data(path, indices) for path in broken.read)
    return BrokenRule(_in_data(broken.path, indices), broken.text, read)


def _invalid(model: type[BaseModel], details: ErrorDetails, indices: Mapping[KeyPath, list[int]]) -> Iterator[Invalid]:
    """The invalid values of an error: several for a list with items named twice."""
    loc = details["loc"]
    is_key = loc[-1:] == (_MARK,) and loc[-2:-1] == (details["input"],)
    path = _in_data(loc[:-1] if is_key else loc, indices)
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, BreachesError):
        for below, text in cause.breaches:
            yield Invalid(_in_data((*path, *below), indices), None, text)
    elif details["type"] == "extra_forbidden":
        remedy = suggestion(str(path[-1]), known_keys(model, path[:-1]))
        meant = _SUGGESTED.match(remedy)
        yield Invalid(path, details, remedy, meant=meant[1] if meant else None)
    else:
        yield Invalid(path, details, is_key=is_key)


def _in_data(path: KeyPath, indices: Mapping[KeyPath, list[int]]) -> KeyPath:
    """A path in edited data as one in the whole data: items of lists have moved up."""
    result: KeyPath = ()
    for key in path:
        known = indices.get(result)
        result = (*result, known[key] if known and isinstance(key, int) and key < len(known) else key)
    return result


def _lacks_valid_items(invalid: Invalid, errors: Sequence[Invalid]) -> bool:
    """Whether a list is too short only without its invalid items, which have errors of their own."""
    if invalid.details is None or invalid.details["type"] != "too_short":
        return False
    return any(each.path[:-1] == invalid.path for each in errors if each is not invalid and each.path)


def _is_within(path: KeyPath, paths: Container[KeyPath]) -> bool:
    return any(path[:length] in paths for length in range(len(path) + 1))


def _at(data: Any, path: KeyPath) -> Any:
    for key in path:
        if isinstance(data, list) and isinstance(key, int):
            data = data[key] if key < len(data) else ABSENT
        else:
            data = data.get(key, ABSENT) if isinstance(data, dict) else ABSENT
    return data

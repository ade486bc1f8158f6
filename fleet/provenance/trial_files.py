"""A project's files as data that trials edit in memory, and the resulting fleets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ValidationError

from fleet.model import ContainerGroup, Fleet, Stack
from fleet.source.document import Document, KeyPath
from fleet.source.locations import NAMESPACE, Sources, config_path, stack_data

_DROPPED = object()
_MODELS: Mapping[str, type[BaseModel]] = {"groups": ContainerGroup, "stacks": Stack}
_EXCEPTION = {"reason": "a trial of another value", "until": "2099-12-31"}


@dataclass(frozen=True)
class File:
    """A group or stack (kind: `groups` or `stacks`): its data and its model."""

    kind: str
    name: str
    document: Document
    data: Mapping[str, Any]
    model: BaseModel
    numbers: tuple[int, ...] | None = None
    """Index of each group in the stack's file, if the data lacks some."""

    def place(self, path: KeyPath) -> tuple[str, bool]:
        """`file:line` of a key or its nearest written parent, and whether the key itself is written."""
        path = self._as_written(path)
        whole = config_path(path) if self.kind == "stacks" and path else path
        source, line = self.document.place(whole)
        return f"{source}:{line or 1}", whole in self.document.lines

    def holds(self, path: KeyPath) -> bool:
        """Whether a key is written in the file, or in the one it extends."""
        return self.place(path)[1]

    def spelled(self, path: KeyPath) -> str:
        """A key as its file spells it."""
        text = ".".join(map(str, self._as_written(path)))
        return f"{NAMESPACE}{text}" if self.kind == "stacks" else text

    def _as_written(self, path: KeyPath) -> KeyPath:
        match path:
            case ("groups", int(index), *rest) if self.numbers is not None and index < len(self.numbers):
                return ("groups", self.numbers[index], *rest)
        return path


class Files:
    """The files of a loaded project. only: leaves out all other groups."""

    def __init__(self, fleet: Fleet, sources: Sources, only: Set[str] | None = None) -> None:
        self._whole = fleet
        self._sources = sources
        self._only = only
        self.fleet = fleet if only is None else _of_groups(fleet, only)

    def of_groups(self, names: Set[str]) -> Files:
        """The same files without all other groups."""
        return Files(self._whole, self._sources, names)

    def file(self, kind: str, name: str) -> File:
        """A group's or stack's file."""
        documents = self._sources.groups if kind == "groups" else self._sources.stacks
        numbers = None
        if kind == "stacks" and self._only is not None:
            numbers = tuple(i for i, group in enumerate(self._whole.stacks[name].groups) if group in self._only)
        return File(kind, name, documents[name], self._data[kind][name], getattr(self.fleet, kind)[name], numbers)

    @cached_property
    def _data(self) -> Mapping[str, Mapping[str, dict[str, Any]]]:
        groups = {
            name: {**self._sources.groups[name].value, "name": name, "system": group.system}
            for name, group in self.fleet.groups.items()
        }
        stacks = {name: {**stack_data(self._sources.stacks[name]), "name": name} for name in self.fleet.stacks}
        for name, data in stacks.items() if self._only is not None else ():
            data["groups"] = list(self.fleet.stacks[name].groups)
        return {"groups": groups, "stacks": stacks}

    def with_value(self, file: File, path: KeyPath, value: Any) -> Fleet | None:
        """The fleet with another value of a key; None if it is invalid."""
        data = _set(file.data, path, value)
        fleet = self._with_file(file, data)
        if fleet is None and "hardening" in path[:-1]:
            # A weaker setting needs a reason and an end date.
            start = path.index("hardening") + 1
            fleet = self._with_file(file, _set(data, (*path[:start], "exceptions", path[start]), _EXCEPTION))
        return fleet

    def without(self, file: File, path: KeyPath) -> Fleet | None:
        """The fleet without an entry of a map or list; None if it is required."""
        return self._with_file(file, _set(file.data, path, _DROPPED))

    def renamed_key(self, file: File, path: KeyPath, name: str) -> Iterator[Fleet | None]:
        """The fleet with a map's entry renamed, first in its own file alone, then in every file."""
        old = str(path[-1])
        yield self._with_file(file, _renamed(file.data, {old: name}))
        yield self._with(_renamed(self._data, {old: name}), whole=True)

    def renamed_file(self, file: File, name: str) -> Fleet | None:
        """The fleet with a file renamed, with references to it; no file refers to a stack."""
        if file.kind == "stacks":
            renamed = Stack.model_validate({**file.data, "name": name})
            return replace(
                self.fleet, stacks=MappingProxyType({**_without(self.fleet.stacks, file.name), name: renamed})
            )
        fleet = self._with(_renamed(self._data, {file.name: name}), whole=True)
        if fleet is None:
            return None
        contents = {(name if key == file.name else key): value for key, value in fleet.image_contents.items()}
        return replace(fleet, image_contents=MappingProxyType(contents))

    def without_groups(self, names: Collection[str]) -> Fleet | None:
        """The fleet in which no stack runs these groups; None if one must."""
        dropped = frozenset(names)
        stacks = {key: data for key, data in self._data["stacks"].items() if not dropped.isdisjoint(data["groups"])}
        return self._with(
            {
                "stacks": {
                    key: {**data, "groups": [g for g in data["groups"] if g not in dropped]}
                    for key, data in stacks.items()
                }
            }
        )

    def without_mention_of(self, names: Collection[str]) -> Fleet | None:
        """The fleet in which no file mentions these groups or their volumes; None if one must."""
        dropped = {*names, *(volume for name in names for volume in self.fleet.groups[name].volumes)}
        groups = {key: data for key, data in self._data["groups"].items() if key not in dropped}
        data = _renamed({**self._data, "groups": groups}, dict.fromkeys(dropped, _DROPPED))
        return self._with(data, whole=True)

    def without_stack(self, name: str) -> Fleet:
        """The fleet without a stack."""
        return replace(self.fleet, stacks=_without(self.fleet.stacks, name))

    def with_contents(self, image: str) -> Fleet:
        """The fleet with other contents of an image's folder."""
        return replace(self.fleet, image_contents=MappingProxyType({**self.fleet.image_contents, image: "0" * 12}))

    def _with_file(self, file: File, data: Mapping[str, Any]) -> Fleet | None:
        return self._with({file.kind: {file.name: data}})

    def _with(self, files: Mapping[str, Mapping[str, Any]], *, whole: bool = False) -> Fleet | None:
        """The fleet with other data of some files, or of these alone (whole); None if a file is invalid."""
        try:
            models = {kind: {key: self._model(kind, key, one) for key, one in files[kind].items()} for kind in files}
        except ValidationError:
            return None
        kept = {kind: {} if whole else getattr(self.fleet, kind) for kind in models}
        return replace(self.fleet, **{kind: MappingProxyType({**kept[kind], **models[kind]}) for kind in models})

    def _model(self, kind: str, name: str, data: Mapping[str, Any]) -> BaseModel:
        if data is self._data[kind].get(name):
            return getattr(self.fleet, kind)[name]  # type: ignore[no-any-return]
        return _MODELS[kind].model_validate(data)


def _of_groups(fleet: Fleet, names: Set[str]) -> Fleet:
    stacks = {
        name: stack.model_copy(update={"groups": tuple(group for group in stack.groups if group in names)})
        for name, stack in fleet.stacks.items()
    }
    groups = {name: group for name, group in fleet.groups.items() if name in names}
    return replace(fleet, stacks=MappingProxyType(stacks), groups=MappingProxyType(groups))


def _without(entries: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return MappingProxyType({key: value for key, value in entries.items() if key != name})


def _set(data: Any, path: Sequence[str | int], value: Any) -> Any:
    """Data with another value at a path, or without it (_DROPPED)."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(data, list) and isinstance(key, int):
        items = [_set(item, rest, value) if number == key else item for number, item in enumerate(data)]
        return [item for item in items if item is not _DROPPED]
    given = data if isinstance(data, Mapping) else {}
    if value is _DROPPED and key not in given:
        return data
    entries = {**given, key: _set(given.get(key), rest, value)}
    return {name: item for name, item in entries.items() if item is not _DROPPED}


def _renamed(data: Any, names: Mapping[str, Any]) -> Any:
    """Data with names replaced or dropped in every key and text, also as the start of `name/port`.

    Data without them is returned itself, so that its model can be kept.
    """
    if isinstance(data, Mapping):
        entries = {_renamed(key, names): _renamed(value, names) for key, value in data.items()}
        if all(old is new for old, new in zip(chain(*data.items()), chain(*entries.items()), strict=False)):
            return data
        return {key: value for key, value in entries.items() if _DROPPED not in (key, value)}
    if isinstance(data, list):
        items = [_renamed(item, names) for item in data]
        if all(old is new for old, new in zip(data, items, strict=True)):
            return data
        return [item for item in items if item is not _DROPPED]
    if isinstance(data, str):
        old, slash, rest = data.partition("/")
        new = names.get(data, names.get(old, data) if slash else data)
        if new is data or new is _DROPPED or data in names:
            return new
        return f"{new}{slash}{rest}"
    return data

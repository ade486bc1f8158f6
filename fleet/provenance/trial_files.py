"""A project's files as data that can be edited in memory, and the fleet that comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ValidationError

from fleet.model import ContainerGroup, Fleet, Stack
from fleet.source.document import Document, KeyPath
from fleet.source.locations import NAMESPACE, Sources

_EXCEPTION = {"reason": "a trial of another value", "until": "2099-12-31"}


@dataclass(frozen=True)
class File:
    """One group or stack: its model, and the data it is made of.

    kind: `groups` or `stacks`, as the fleet calls them.
    """

    kind: str
    name: str
    document: Document
    data: Mapping[str, Any]
    model: BaseModel

    def place(self, path: KeyPath) -> tuple[str, bool]:
        """`file:line` of a key or the nearest above it that is written, and whether the key itself is."""
        whole = ("config", f"{NAMESPACE}{path[0]}", *path[1:]) if self.kind == "stacks" and path else path
        source, line = self.document.place(whole)
        return f"{source}:{line or 1}", whole in self.document.lines

    def holds(self, path: KeyPath) -> bool:
        """Whether a key is written in it, or in the file it extends."""
        return self.place(path)[1]

    def spelled(self, path: KeyPath) -> str:
        """A key as its file spells it."""
        text = ".".join(map(str, path))
        return f"{NAMESPACE}{text}" if self.kind == "stacks" else text


class Files:
    """The files of a loaded project."""

    def __init__(self, fleet: Fleet, sources: Sources) -> None:
        self.fleet = fleet
        self._sources = sources

    def file(self, kind: str, name: str) -> File:
        """A group's or stack's file."""
        model = self.fleet.groups[name] if kind == "groups" else self.fleet.stacks[name]
        document = self._sources.groups[name] if kind == "groups" else self._sources.stacks[name]
        return File(kind, name, document, self._data[kind][name], model)

    @cached_property
    def _data(self) -> Mapping[str, Mapping[str, dict[str, Any]]]:
        groups = {
            name: {**self._sources.groups[name].value, "name": name, "system": group.system}
            for name, group in self.fleet.groups.items()
        }
        stacks = {name: _of_stack(name, self._sources.stacks[name]) for name in self.fleet.stacks}
        return {"groups": groups, "stacks": stacks}

    def with_value(self, file: File, path: KeyPath, value: Any) -> Fleet | None:
        """The fleet with another value of a key; None where a file must not hold it."""
        data = _set(file.data, path, value)
        # A weaker lock is refused without a reason and an end date.
        if "hardening" in path[:-1]:
            lock = path.index("hardening")
            excused = _set(data, (*path[: lock + 1], "exceptions", path[lock + 1]), _EXCEPTION)
            return self._fleet(file, data) or self._fleet(file, excused)
        return self._fleet(file, data)

    def without(self, file: File, path: KeyPath) -> Fleet | None:
        """The fleet without an entry of a map or list; None where the file needs it."""
        return self._fleet(file, _dropped(file.data, path))

    def renamed_key(self, file: File, path: KeyPath, name: str) -> Iterator[Fleet | None]:
        """The fleet with another name of a map's entry, wherever its file speaks of it; then wherever any does."""
        old = str(path[-1])
        yield self._fleet(file, _renamed(file.data, old, name))
        yield self._whole({kind: _renamed(files, old, name) for kind, files in self._data.items()})

    def renamed_file(self, file: File, name: str) -> Fleet | None:
        """The fleet with another name of a file, wherever any file speaks of it: of a stack, none does."""
        if file.kind == "stacks":
            stacks = {key: stack for key, stack in self.fleet.stacks.items() if key != file.name}
            renamed = Stack.model_validate({**file.data, "name": name})
            return replace(self.fleet, stacks=MappingProxyType({**stacks, name: renamed}))
        fleet = self._whole({kind: _renamed(files, file.name, name) for kind, files in self._data.items()})
        if fleet is None:
            return None
        contents = {(name if key == file.name else key): value for key, value in fleet.image_contents.items()}
        return replace(fleet, image_contents=MappingProxyType(contents))

    def _whole(self, data: Mapping[str, Mapping[str, Any]]) -> Fleet | None:
        try:
            groups = {key: ContainerGroup.model_validate(value) for key, value in data["groups"].items()}
            stacks = {key: Stack.model_validate(value) for key, value in data["stacks"].items()}
        except ValidationError:
            return None
        return replace(self.fleet, groups=MappingProxyType(groups), stacks=MappingProxyType(stacks))

    def without_group(self, name: str) -> Fleet | None:
        """The fleet in which no stack runs a group; None where one must."""
        stacks = dict(self.fleet.stacks)
        for stack in stacks.values():
            if name in stack.groups:
                data = self._data["stacks"][stack.name]
                kept = [group for group in data["groups"] if group != name]
                fleet = self._fleet(self.file("stacks", stack.name), {**data, "groups": kept})
                if fleet is None:
                    return None
                stacks[stack.name] = fleet.stacks[stack.name]
        return replace(self.fleet, stacks=MappingProxyType(stacks))

    def without_stack(self, name: str) -> Fleet:
        """The fleet without one of its machines."""
        return replace(self.fleet, stacks={key: value for key, value in self.fleet.stacks.items() if key != name})

    def moved_group(self, file: File, system: str) -> Fleet | None:
        """The fleet with a group's file in another folder."""
        return self._fleet(file, {**file.data, "system": system})

    def with_contents(self, image: str) -> Fleet:
        """The fleet with other files below the folder that an image is built from."""
        contents = {**self.fleet.image_contents, image: "0" * 12}
        return replace(self.fleet, image_contents=MappingProxyType(contents))

    def _fleet(self, file: File, data: Mapping[str, Any]) -> Fleet | None:
        try:
            model = type(file.model).model_validate(data)
        except ValidationError:
            return None
        old: Mapping[str, Any] = self.fleet.groups if file.kind == "groups" else self.fleet.stacks
        return replace(self.fleet, **{file.kind: MappingProxyType({**old, file.name: model})})


def _of_stack(name: str, document: Document) -> dict[str, Any]:
    config = document.value["config"]
    ours = {key: value for key, value in config.items() if key.startswith(NAMESPACE) and not _is_secret(value)}
    return {**{key.removeprefix(NAMESPACE): value for key, value in ours.items()}, "name": name}


def _is_secret(value: object) -> bool:
    return isinstance(value, dict) and value.keys() == {"secure"}


def _set(data: Any, path: Sequence[str | int], value: Any) -> Any:
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(data, list) and isinstance(key, int):
        return [_set(item, rest, value) if number == key else item for number, item in enumerate(data)]
    given = data if isinstance(data, Mapping) else {}
    return {**given, key: _set(given.get(key), rest, value)}


def _dropped(data: Any, path: Sequence[str | int]) -> Any:
    key, rest = path[0], path[1:]
    if isinstance(data, list) and not rest:
        return [item for number, item in enumerate(data) if number != key]
    if isinstance(data, list):
        return [_dropped(item, rest) if number == key else item for number, item in enumerate(data)]
    if not isinstance(data, Mapping) or key not in data:
        return data
    if rest:
        return {**data, key: _dropped(data[key], rest)}
    return {name: value for name, value in data.items() if name != key}


def _renamed(data: Any, old: str, new: str) -> Any:
    """Data in which every key and text that is a name, or begins with it as `name/port` does, is another."""
    if isinstance(data, Mapping):
        return {_renamed(key, old, new): _renamed(value, old, new) for key, value in data.items()}
    if isinstance(data, list):
        return [_renamed(item, old, new) for item in data]
    if isinstance(data, str) and (data == old or data.startswith(f"{old}/")):
        return new + data[len(old) :]
    return data

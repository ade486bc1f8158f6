"""Finds the keys that decide values of resources: tries other values of each key, and plans the stack again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from typing import Any

from fleet.model import ContainerGroup, Fleet
from fleet.property_paths import Path, changed
from fleet.provenance.keys import Node, keys_of, maps_with_defaults
from fleet.provenance.trial_files import File, Files
from fleet.provenance.trial_values import EMPTY, other_values
from fleet.source.document import KeyPath

Resource = tuple[str, str]
"""(type, logical name)."""

Listing = Mapping[Resource, Mapping[str, Any]]

Changes = dict[Resource, frozenset[Path] | None]
"""Resource -> its changed leaves; None if it is gone."""

_NUMBERS_MAX = 2
_TEXTS_MAX = 4
_CHOICES_MAX = 12
_TRIED_MAX = 60
_OTHERS_MAX = 20
"""Groups that decide nothing and are planned all the same; a shipped stack has fewer."""


@dataclass(frozen=True)
class Decider:
    """A key that decides values of a resource.

    node: None for the file's name or folder, or an image's contents; changes: every leaf that other values changed.
    """

    file: File | None
    path: KeyPath
    node: Node | None
    what: str
    """`key`, `entry`, `name`, `folder` or `contents`."""
    changes: frozenset[Path] = frozenset()

    @property
    def identity(self) -> tuple[object, ...]:
        return (self.file and (self.file.kind, self.file.name), self.path, self.what)


_Deciders = dict[tuple[object, ...], Decider]


@dataclass
class Found:
    """Resource -> the keys that decide its values, and the keys that decide its existence; by identity."""

    deciders: dict[Resource, _Deciders] = field(default_factory=dict)
    existence: dict[Resource, _Deciders] = field(default_factory=dict)

    def of(self, resource: Resource, path: Path) -> list[Decider]:
        """The keys that decide a leaf, most specific first."""
        deciders = [decider for decider in self.deciders.get(resource, {}).values() if path in decider.changes]
        return sorted(deciders, key=lambda decider: (len(decider.changes), decider.what != "key", decider.path))

    def existing(self, resource: Resource) -> list[Decider]:
        """The keys that a resource needs to exist."""
        return list(self.existence.get(resource, {}).values())

    def add(self, changes: Changes, by: Decider) -> None:
        """Records the changes by another value of a key."""
        for resource, paths in changes.items():
            known = (self.existence if paths is None else self.deciders).setdefault(resource, {})
            before = known.pop(by.identity, by).changes
            known[by.identity] = Decider(by.file, by.path, by.node, by.what, (paths or frozenset()) | before)


@dataclass
class Search:
    """One search.

    view: fleet -> the stack's listing, None if it cannot be planned; spell: properties as the engine spells them;
    focus: the resources to explain, as listed; paths: the leaves to explain, all if None; only: `(group, path)` to try
    only the keys below one key of a group's file.
    """

    files: Files
    stack: str
    view: Callable[[Fleet], Listing | None]
    spell: Callable[[Any], Any]
    focus: Listing
    paths: frozenset[Path] | None = None
    only: tuple[str, KeyPath] | None = None
    found: Found = field(default_factory=Found)

    _groups: list[str] = field(default_factory=list, init=False)
    _others: Set[str] = field(default_factory=set, init=False)
    """Groups that decide nothing."""

    def __post_init__(self) -> None:
        self._spelled = {resource: self.spell(properties) for resource, properties in self.focus.items()}

    def run(self) -> Found:
        """Tries every relevant key."""
        if self.only:
            file = self.files.file("groups", self.only[0])
            for node in _below(keys_of(file.model), self.only[1]):
                self._node(file, node)
            return self.found
        running = dict.fromkeys(name for stack in self.files.fleet.stacks.values() for name in stack.groups)
        self._groups = self._mattering(list(running))
        self._others = running.keys() - set(self._groups)
        if len(self._others) > _OTHERS_MAX:
            self._leave_out_most()
        self._file(self.files.file("stacks", self.stack))
        for group in self._groups:
            self._file(self.files.file("groups", group))
        for stack in self.files.fleet.stacks:
            if stack != self.stack and self._changes(self.files.without_stack(stack)) != {}:
                self._file(self.files.file("stacks", stack))
        for image in self.files.fleet.image_contents:
            self._try(self.files.with_contents(image), Decider(None, (image,), None, "contents"))
        return self.found

    def _leave_out_most(self) -> None:
        """Tries the keys of a large fleet on the groups that matter and some others, which keys may name."""
        some = [name for name in self.files.fleet.stacks[self.stack].groups if name in self._others][:_OTHERS_MAX]
        fewer = self.files.of_groups({*self._groups, *some})
        if self._changes(fewer.fleet) == {}:
            self.files = fewer

    def _mattering(self, groups: list[str]) -> list[str]:
        """The groups whose removal, with references to them if needed, changes anything: halves that matter are split.

        A fleet of thousands of groups has few that decide one resource.
        """
        changes = self._changes(self.files.without_groups(groups)) if groups else {}
        if changes is None:
            changes = self._changes(self.files.without_mention_of(groups))
        if changes == {} or len(groups) == 1:
            return groups if changes != {} else []
        half = len(groups) // 2
        return [*self._mattering(groups[:half]), *self._mattering(groups[half:])]

    def _file(self, file: File) -> None:
        for name in (f"{file.name}-x", f"x-{file.name}"):
            self._try(self.files.renamed_file(file, name), Decider(file, (), None, "name"), (file.name, name))
        if file.kind == "groups":
            self._try(self.files.with_value(file, ("system",), "elsewhere"), Decider(file, (), None, "folder"))
        for node in keys_of(file.model, self._groups):
            self._node(file, node)

    def _node(self, file: File, node: Node) -> None:
        written = file.holds(node.path)
        if node.is_entry and file.kind == "stacks" and isinstance(node.value, str) and node.value in self._others:
            return
        entry = Decider(file, node.path, node, "entry")
        if node.is_entry and written:
            changes = self._try(self.files.without(file, node.path), entry)
            # Keys below decide nothing, unless the values equal the defaults.
            if changes == {} and node.path[:-1] not in maps_with_defaults(file.model):
                return
            self._rename(file, entry)
        for child in node.children:
            self._node(file, child)
        if not node.children:
            self._leaf(file, node)
        elif written and not node.is_entry and isinstance(node.value, Mapping | tuple):
            self._try(self.files.without(file, node.path), entry)

    def _rename(self, file: File, entry: Decider) -> None:
        old = entry.path[-1]
        if isinstance(old, str):
            new = f"{old}-x" if old.islower() else f"{old}X"
            for fleet in self.files.renamed_key(file, entry.path, new):
                if self._try(fleet, entry, (old, new)):
                    return

    def _leaf(self, file: File, node: Node) -> None:
        accepted = 0
        key = Decider(file, node.path, node, "key")
        for value in islice(other_values(node.value, node.annotation, self._names(file)), _TRIED_MAX):
            names = (str(node.value), value) if isinstance(value, str) and node.value else None
            changes = self._try(self.files.with_value(file, node.path, value), key, names)
            accepted += changes is not None
            # One value is enough for an empty key.
            if accepted >= _accepted_max(node.value) or (changes and (self.paths or node.value in EMPTY)):
                return

    def _names(self, file: File) -> tuple[str, ...]:
        """Names that a key may refer to: the stack's groups, and entries of the file's own maps."""
        model = file.model
        own = (*model.volumes, *model.ports, *model.containers) if isinstance(model, ContainerGroup) else ()
        return (*self.files.fleet.stacks[self.stack].groups, *own)

    def _try(self, fleet: Fleet | None, by: Decider, names: tuple[str, str] | None = None) -> Changes | None:
        """Records and returns the changes of a trial; None if it cannot be planned."""
        changes = self._changes(fleet, names)
        self.found.add(changes or {}, by)
        return changes

    def _changes(self, fleet: Fleet | None, names: tuple[str, str] | None = None) -> Changes | None:
        after = self.view(fleet) if fleet is not None else None
        return dict(self._compared(after, names)) if after is not None else None

    def _compared(
        self, after: Listing, names: tuple[str, str] | None
    ) -> Iterator[tuple[Resource, frozenset[Path] | None]]:
        for resource, old in self.focus.items():
            new = after.get(resource)
            if new is None and names:
                new = after.get((resource[0], resource[1].replace(*names)))
            if new is None:
                yield resource, None
            elif old != new:
                paths = frozenset(changed(self._spelled[resource], self.spell(new)))
                if self.paths is None or paths & self.paths:
                    yield resource, paths


def _below(nodes: Iterator[Node], path: KeyPath) -> Iterator[Node]:
    """The node at a path."""
    for node in nodes:
        if node.path == path:
            yield node
        elif path[: len(node.path)] == node.path:
            yield from _below(iter(node.children), path)


def _accepted_max(value: Any) -> int:
    """How many accepted values are tried."""
    if isinstance(value, int | float):
        return _NUMBERS_MAX
    if value in EMPTY or (isinstance(value, str) and not isinstance(value, Enum)):
        return _TEXTS_MAX
    return _CHOICES_MAX

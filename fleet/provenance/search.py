"""Finds the keys that decide the values of resources: each is given other values, and the stack is planned again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from typing import Any

from fleet.model import ContainerGroup, Fleet
from fleet.property_paths import Path, changed
from fleet.provenance.keys import Node, keys_of
from fleet.provenance.trial_files import File, Files
from fleet.provenance.trial_values import others
from fleet.source.document import KeyPath

Resource = tuple[str, str]
"""(type, logical name)."""

Listing = Mapping[Resource, Mapping[str, Any]]

Changes = dict[Resource, frozenset[Path] | None]
"""Resource -> its leaves that changed; None where it is gone."""

_FIGURES = 2
_TEXTS = 4
_CHOICES_MAX = 12
_EMPTY: tuple[Any, ...] = (None, "", (), {})
_TRIED_MAX = 60


@dataclass(frozen=True)
class Decider:
    """A key that decides values of a resource.

    node: None for the name or the folder of the file, or an image's contents; changes: every leaf of the resource that
    another value of the key changed.
    """

    file: File | None
    path: KeyPath
    node: Node | None
    what: str
    """`key`, `entry`, `name`, `folder` or `contents`."""
    changes: frozenset[Path]

    def same_as(self, other: Decider) -> bool:
        """Whether it is the same key."""
        mine, theirs = (one.file and (one.file.kind, one.file.name) for one in (self, other))
        return (mine, self.path, self.what) == (theirs, other.path, other.what)


@dataclass
class Found:
    """What a search found: resource -> its deciders, and -> the entries it is there for."""

    deciders: dict[Resource, list[Decider]] = field(default_factory=dict)
    presence: dict[Resource, list[Decider]] = field(default_factory=dict)

    def of(self, resource: Resource, path: Path) -> list[Decider]:
        """The keys that decide a leaf; the one that decides least besides comes first."""
        found = [decider for decider in self.deciders.get(resource, ()) if path in decider.changes]
        return sorted(found, key=lambda decider: (len(decider.changes), decider.what != "key", decider.path))


class Search:
    """One search.

    view: fleet -> the listing of the stack, None where it cannot be planned; spell: properties of a listing as the
    engine spells them; focus: what is asked for; paths: only these leaves, all without.
    """

    def __init__(
        self,
        files: Files,
        stack: str,
        view: Callable[[Fleet], Listing | None],
        spell: Callable[[Any], Any],
        focus: Listing,
        paths: frozenset[Path] | None = None,
    ) -> None:
        self._files = files
        self._stack = stack
        self._view = view
        self._spell = spell
        self._focus = focus
        self._paths = paths
        self._running: list[File] = []
        self.found = Found()

    def run(self) -> Found:
        """Tries every key that may matter."""
        own = self._files.file("stacks", self._stack)
        self._running = self._that_matter(own)
        for file in self._running:
            self._file(file)
        for stack in self._files.fleet.stacks:
            if stack != self._stack and self._matters(stack):
                self._file(self._files.file("stacks", stack))
        for image in self._files.fleet.image_contents:
            self._note(self._files.with_contents(image), None, (image,), None, "contents")
        return self.found

    def _that_matter(self, own: File) -> list[File]:
        """The stack's file and those of groups that matter: without whom something is different, or nothing is."""
        files = [own]
        groups = [name for stack in self._files.fleet.stacks.values() for name in stack.groups]
        for name in dict.fromkeys(groups):
            if self._changes(self._files.without_group(name)) != {}:
                files.append(self._files.file("groups", name))
        return files

    def _matters(self, stack: str) -> bool:
        return self._changes(self._files.without_stack(stack)) != {}

    def _file(self, file: File) -> None:
        for name in (f"{file.name}-x", f"x-{file.name}"):
            self._note(self._files.renamed_file(file, name), file, (), None, "name", (file.name, name))
        if file.kind == "groups":
            self._note(self._files.moved_group(file, "elsewhere"), file, (), None, "folder")
        about = [one.name for one in self._running if one.kind == "groups"]
        for node in keys_of(file.model, about):
            self._node(file, node)

    def _node(self, file: File, node: Node) -> None:
        written = file.holds(node.path)
        if node.is_entry and written:
            without = self._changes(self._files.without(file, node.path))
            if without == {}:
                return
            if without:
                self._add(without, Decider(file, node.path, node, "entry", frozenset()))
            self._rename(file, node)
        for child in node.children:
            self._node(file, child)
        if node.children and written and not node.is_entry and isinstance(node.value, Mapping | tuple):
            self._note(self._files.without(file, node.path), file, node.path, node, "entry")
        elif not node.children:
            self._leaf(file, node)

    def _rename(self, file: File, node: Node) -> None:
        old = node.path[-1]
        if isinstance(old, str):
            new = f"{old}-x" if old.islower() else f"{old}X"
            for fleet in self._files.renamed_key(file, node.path, new):
                if self._note(fleet, file, node.path, node, "entry", (old, new)):
                    return

    def _leaf(self, file: File, node: Node) -> None:
        taken = 0
        most = _most(node.value)
        for value in islice(others(node.value, node.annotation, self._names(file)), _TRIED_MAX):
            names = (str(node.value), value) if isinstance(value, str) and node.value else None
            changes = self._note(self._files.with_value(file, node.path, value), file, node.path, node, "key", names)
            taken += changes is not None
            # What is empty is the same whatever it is not.
            if taken >= most or (changes and (self._paths or node.value in _EMPTY)):
                return

    def _names(self, file: File) -> tuple[str, ...]:
        """What a key of a file may refer to: the stack's groups, and the file's own maps."""
        model = file.model
        own = (model.volumes, model.ports, model.containers) if isinstance(model, ContainerGroup) else ()
        return (*self._files.fleet.stacks[self._stack].groups, *(name for found in own for name in found))

    def _note(
        self,
        fleet: Fleet | None,
        file: File | None,
        path: KeyPath,
        node: Node | None,
        what: str,
        names: tuple[str, str] | None = None,
    ) -> Changes | None:
        """What a trial changed, which is kept; None where nothing can be planned so."""
        changes = self._changes(fleet, names)
        if changes:
            self._add(changes, Decider(file, path, node, what, frozenset()))
        return changes

    def _add(self, changes: Changes, by: Decider) -> None:
        for resource, paths in changes.items():
            where = self.found.presence if paths is None else self.found.deciders
            known = where.setdefault(resource, [])
            same = next((one for one in known if one.same_as(by)), None)
            merged = (paths or frozenset()) | (same.changes if same else frozenset())
            if same:
                known.remove(same)
            known.append(Decider(by.file, by.path, by.node, by.what, merged))

    def _changes(self, fleet: Fleet | None, names: tuple[str, str] | None = None) -> Changes | None:
        after = self._view(fleet) if fleet is not None else None
        return dict(self._compared(after, names)) if after is not None else None

    def _compared(
        self, after: Listing, names: tuple[str, str] | None
    ) -> Iterator[tuple[Resource, frozenset[Path] | None]]:
        for resource, old in self._focus.items():
            new = after.get(resource) or after.get(_renamed(resource, names))
            if new is None:
                yield resource, None
            elif old != new:
                paths = frozenset(changed(self._spell(old), self._spell(new)))
                if self._paths is None or paths & self._paths:
                    yield resource, paths


def _renamed(resource: Resource, names: tuple[str, str] | None) -> Resource:
    return (resource[0], resource[1].replace(*names)) if names else resource


def _most(value: Any) -> int:
    """How many values are tried: a figure has two directions, a text several forms, a choice its members."""
    if isinstance(value, int | float):
        return _FIGURES
    if value in _EMPTY or (isinstance(value, str) and not isinstance(value, Enum)):
        return _TEXTS
    return _CHOICES_MAX

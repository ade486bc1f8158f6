"""A YAML file as plain data, with the line of every value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fleet.source.events import DEPTH_MAX, parse
from fleet.source.faults import Fault
from fleet.source.redaction import shown
from fleet.source.scalars import resolve
from fleet.source.text_file import UnreadableError, read_text

KeyPath = tuple[str | int, ...]
"""Keys and indices from the top of a file to a value."""

_VALUES_MAX = 100_000
"""Values of one file: nested aliases can expand to any number."""

_CHARACTERS_MAX = 5_000_000
"""Characters of all values of one file: an alias can repeat a long text."""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file. `lines` maps each key path to its 1-based line; `value` is None for invalid YAML."""

    source: str
    value: Any
    lines: Mapping[KeyPath, int]
    sources: Mapping[KeyPath, str] = field(default_factory=dict)
    """Key path -> file, for values inherited from the file that this one extends."""
    written: Mapping[KeyPath, str] = field(default_factory=dict)
    """Key path -> text of a number that is not written as Python prints it, such as `1.10`."""
    duplicates: frozenset[KeyPath] = frozenset()
    """Keys that are written twice; `value` has the first."""

    def line(self, path: Sequence[str | int]) -> int | None:
        """Line of a value, or of its nearest written parent."""
        return self.place(path)[1]

    def place(self, path: Sequence[str | int]) -> tuple[str, int | None]:
        """File and line of a value, or of its nearest written parent."""
        keys = tuple(path)
        while keys not in self.lines and keys:
            keys = keys[:-1]
        return self.sources.get(keys, self.source), self.lines.get(keys)


def read_yaml(file: Path) -> Any:
    """A file shipped with this package, as plain data."""
    return plain(file.read_text(encoding="utf-8"))


def plain(text: str) -> Any:
    """A mapping as plain data. Raises UnreadableError if it is none, or has any fault."""
    document, faults = read_document(Path(), "", text)
    if faults:
        raise UnreadableError(problem=faults[0].problem, remedy=faults[0].remedy, line=faults[0].line)
    return document.value


def read_document(file: Path, source: str, text: str | None = None) -> tuple[Document, list[Fault]]:
    """Reads a file, or `text` in its place. Also returns its faults: unreadable, not a mapping, a duplicate key."""
    try:
        events = parse(read_text(file) if text is None else text)
        if events and isinstance(events[0], yaml.MappingStartEvent):
            walk = _Walk(events, source)
            value = walk.value((), 0)
            return Document(
                source, value, walk.lines, written=walk.written, duplicates=frozenset(walk.duplicates)
            ), walk.faults
    except UnreadableError as error:
        return _unreadable(source, error.line, error.problem, error.remedy)
    is_empty = not events or (isinstance(events[0], yaml.ScalarEvent) and not events[0].value)
    first = "config" if source.startswith("Pulumi.") else "containers"
    problem = "is empty" if is_empty else "is not a mapping"
    return _unreadable(source, 1, problem, f"start it with a key, like `{first}:`")


def _unreadable(source: str, line: int | None, problem: str, remedy: str) -> tuple[Document, list[Fault]]:
    return Document(source, None, {}), [Fault(source, line, "", problem, remedy)]


class _Walk:
    """Turns events into plain data, noting lines, duplicate keys, tags and aliases that contain themselves."""

    def __init__(self, events: Sequence[Any], source: str) -> None:
        self._events = events
        self._source = source
        self._at = 0
        self._anchors: dict[str, int] = {}
        self._open: set[int] = set()
        self._read = self._characters = 0
        self.lines: dict[KeyPath, int] = {}
        self.written: dict[KeyPath, str] = {}
        self.duplicates: set[KeyPath] = set()
        self.faults: list[Fault] = []

    def value(self, path: KeyPath, depth: int) -> Any:
        """The value at the current event, which is left behind."""
        start, event = self._at, self._events[self._at]
        self._at += 1
        line = self.lines.setdefault(path, event.start_mark.line + 1)
        self._count(event, line)
        kind = type(event)
        if kind is yaml.AliasEvent:
            return self._alias(event, path, depth)
        if event.anchor is not None and self._anchors.setdefault(event.anchor, start) != start:
            self._fault(event, path, f"anchor &{event.anchor} is already used", "rename one of the two")
        if event.tag is not None:
            problem = f"tag {shown(event.tag)} is not supported"
            self._fault(event, path, problem, "remove it; quote the value if it is text")
        if kind is yaml.ScalarEvent:
            return self._scalar(event, path)
        if depth >= DEPTH_MAX:
            raise UnreadableError(
                problem=f"is nested more than {DEPTH_MAX} levels deep", remedy="flatten it", line=line
            )
        self._open.add(start)
        if kind is yaml.SequenceStartEvent:
            value: Any = list(self._items(path, depth + 1))
        else:
            value = dict(self._entries(path, depth + 1))
        self._at += 1
        self._open.discard(start)
        return value

    def _count(self, event: Any, line: int) -> None:
        self._read += 1
        self._characters += len(event.value) if type(event) is yaml.ScalarEvent else 0
        remedy = "reduce the values or aliases"
        if self._read > _VALUES_MAX:
            raise UnreadableError(problem=f"has more than {_VALUES_MAX} values", remedy=remedy, line=line)
        if self._characters > _CHARACTERS_MAX:
            raise UnreadableError(problem=f"has more than {_CHARACTERS_MAX} characters", remedy=remedy, line=line)

    def _alias(self, event: Any, path: KeyPath, depth: int) -> Any:
        target = self._anchors.get(event.anchor)
        if target is None:
            self._fault(event, path, f"alias *{event.anchor} has no anchor before it", "write the value out")
            return None
        if target in self._open:
            self._fault(event, path, "contains itself through an alias", "write the value out")
            return None
        back, self._at = self._at, target
        value = self.value(path, depth)
        self._at = back
        return value

    def _scalar(self, event: Any, path: KeyPath) -> Any:
        text = str(event.value)
        if event.style or not event.implicit[0]:
            return text
        value = resolve(text)
        if type(value) in (int, float) and str(value) != text:
            self.written[path] = text
        return value

    def _items(self, path: KeyPath, depth: int) -> Iterator[Any]:
        index = 0
        while type(self._events[self._at]) is not yaml.SequenceEndEvent:
            yield self.value((*path, index), depth)
            index += 1

    def _entries(self, path: KeyPath, depth: int) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        while True:
            event: Any = self._events[self._at]
            line: int = event.start_mark.line + 1
            if type(event) is yaml.MappingEndEvent:
                return
            if type(event) is not yaml.ScalarEvent or event.tag is not None or event.anchor is not None:
                self._fault(event, path, "a key is not plain text", "use a word as the key")
                self._skip()
                self._skip()
                continue
            self._at += 1
            key = str(event.value)
            here = (*path, key)
            if key in seen:
                self._fault(event, here, "duplicate key", "keep one of the two")
                self.duplicates.add(here)
                self._skip()
                continue
            if key == "<<" and not event.style:
                self._fault(event, here, "merge keys are not supported", "write the keys out, or extend another group")
                self._skip()
                continue
            seen.add(key)
            self.lines[here] = line
            yield key, self.value(here, depth)

    def _skip(self) -> None:
        """Leaves a value behind; its anchors are kept, so that an alias to one is no second fault."""
        level = 0
        while True:
            event = self._events[self._at]
            if getattr(event, "anchor", None) is not None and type(event) is not yaml.AliasEvent:
                self._anchors.setdefault(event.anchor, self._at)
            level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            self._at += 1
            if level == 0:
                return

    def _fault(self, event: Any, path: KeyPath, problem: str, remedy: str) -> None:
        line = event.start_mark.line + 1
        self.faults.append(Fault(self._source, line, dotted(path), problem, remedy))


def dotted(path: Sequence[str | int]) -> str:
    """`("ports", "main", "port")` -> `ports.main.port`."""
    return ".".join(str(key) for key in path)

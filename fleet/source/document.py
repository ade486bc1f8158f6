"""A YAML file as plain data, with the line of every value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fleet.source.faults import Fault
from fleet.source.redaction import shown

KeyPath = tuple[str | int, ...]
"""Keys and indices from the top of a file to a value."""

_VALUES_MAX = 100_000
"""Values of one file: nested aliases can expand to any number."""

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file. `lines` maps each key path to its 1-based line; `value` is None for invalid YAML."""

    source: str
    value: Any
    lines: Mapping[KeyPath, int]
    sources: Mapping[KeyPath, str] = field(default_factory=dict)
    """Key path -> file, for values inherited from the file that this one extends."""

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
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  (a safe loader)


def read_document(file: Path, source: str, text: str | None = None) -> tuple[Document, list[Fault]]:
    """Reads a file, or `text` in its place. Also returns its faults: unreadable, not a mapping, a duplicate key."""
    try:
        loader = _Loader(file.read_text(encoding="utf-8") if text is None else text)
        try:
            node = loader.get_single_node()
            if isinstance(node, yaml.MappingNode):
                walk = _Walk(loader, source)
                value = walk.value(node, ())
                return Document(source, value, walk.lines), walk.faults
            is_empty = node is None or (isinstance(node, yaml.ScalarNode) and not node.value)
        finally:
            loader.dispose()
    except OSError as error:
        # The whole error holds the absolute path.
        return _unreadable(source, None, f"cannot be read ({error.strerror})", "make it a readable UTF-8 text file")
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 text (byte {error.object[error.start]:#04x} at offset {error.start})"
        return _unreadable(source, None, problem, "save it as UTF-8")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        return _unreadable(source, line, f"is not valid YAML ({error.problem})", "correct the syntax")
    except yaml.YAMLError as error:
        return _unreadable(source, None, f"is not valid YAML ({str(error).splitlines()[0]})", "correct the syntax")
    except RecursionError:
        return _unreadable(source, None, "is nested too deeply", "flatten it")
    first = "config" if source.startswith("Pulumi.") else "containers"
    problem = "is empty" if is_empty else "is not a mapping"
    return _unreadable(source, 1, problem, f"start it with a key, like `{first}:`")


def _unreadable(source: str, line: int | None, problem: str, remedy: str) -> tuple[Document, list[Fault]]:
    return Document(source, None, {}), [Fault(source, line, "", problem, remedy)]


class _Walk:
    """Turns nodes into plain data, noting lines, duplicate keys and aliases that contain themselves."""

    def __init__(self, loader: Any, source: str) -> None:
        self._construct = loader.construct_object
        self._source = source
        self._open: set[int] = set()
        self._read = 0
        self.lines: dict[KeyPath, int] = {}
        self.faults: list[Fault] = []

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        self._read += 1
        if self._read > _VALUES_MAX:
            if self._read == _VALUES_MAX + 1:
                self._fault(node, path, f"has more than {_VALUES_MAX} values", "reduce the values or aliases")
            return None
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if id(node) in self._open:
            self._fault(node, path, "contains itself through an alias", "write the value out")
            return None
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
            return dict(self._entries(node, path)) if isinstance(node, yaml.MappingNode) else None
        finally:
            self._open.discard(id(node))

    def _scalar(self, node: yaml.ScalarNode, path: KeyPath) -> Any:
        try:
            return self._construct(node)
        except (yaml.YAMLError, ValueError) as error:
            reason = getattr(error, "problem", None) or error
            self._fault(node, path, f"{shown(node.value)} cannot be read ({reason})", "quote it if it is text")
            return None

    def _entries(self, node: yaml.MappingNode, path: KeyPath) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(key_node, path, "a key is not plain text", "use a word as the key")
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in seen:
                self._fault(key_node, here, "duplicate key", "keep one of the two")
                continue
            seen.add(key)
            self.lines[here] = key_node.start_mark.line + 1
            yield key, self.value(value_node, here)

    def _fault(self, node: yaml.Node, path: KeyPath, problem: str, remedy: str) -> None:
        self.faults.append(Fault(self._source, node.start_mark.line + 1, dotted(path), problem, remedy))


def dotted(path: Sequence[str | int]) -> str:
    """`("ports", "main", "port")` -> `ports.main.port`."""
    return ".".join(str(key) for key in path)

"""Group files that extend another: maps are merged by key, and values keep their file and line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fleet.model.group import EXTENDS
from fleet.source.document import Document, KeyPath, dotted
from fleet.source.faults import Fault
from fleet.suggest import suggestion

_CHAIN_MAX = 10
"""Groups of a chain: nobody follows a longer one, and each group holds a copy of all before it."""


def extend_all(documents: Mapping[str, Document]) -> tuple[dict[str, Document], list[Fault]]:
    """Merges each document, by group name, over the one it extends. Leaves out those without a valid base.

    Returns the merged documents and every fault.
    """
    extending = _Extending(documents)
    merged = {name: document for name in documents if (document := extending.merged(name)) is not None}
    return merged, extending.faults


class _Extending:
    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._done: dict[str, Document | None] = {}
        self._depths: dict[str, int] = {}
        self.faults: list[Fault] = []

    def merged(self, name: str) -> Document | None:
        """A document with all that it inherits; None if it or its base is invalid."""
        chain = {name: None}
        base = self._base(name)
        while base in self._documents and base not in self._done and base not in chain:
            chain[base] = None
            base = self._base(base)
        if base in chain and base not in self._done:
            self._refuse_cycle(list(chain), base)
        for each in reversed(chain):
            if each not in self._done:
                self._done[each] = self._extended(each)
        return self._done[name]

    def _base(self, name: str) -> str:
        """What a group extends; empty for nothing."""
        value = self._documents[name].value
        base = value.get(EXTENDS) if value is not None else None
        return base if isinstance(base, str) else ""

    def _extended(self, name: str) -> Document | None:
        own, base_name = self._documents[name], self._base(name)
        if own.value is None or not base_name:
            return own if own.value is not None else None
        if base_name not in self._documents:
            self._add_fault(name, f"unknown group {base_name}", suggestion(base_name, self._documents.keys() - {name}))
            return None
        base = self._done[base_name]
        if base is None:
            return None
        self._depths[name] = self._depths.get(base_name, 0) + 1
        if self._depths[name] > _CHAIN_MAX:
            self._add_fault(
                name, f"extends a chain of more than {_CHAIN_MAX} groups", "extend a group nearer its start"
            )
            return None
        merged, faults = _merged(own, base)
        self.faults += faults
        return merged

    def _refuse_cycle(self, chain: list[str], first: str) -> None:
        cycle = chain[chain.index(first) :]
        self._add_fault(first, f"extends itself ({' -> '.join((*cycle, first))})", "remove one of these")
        self._done |= dict.fromkeys(cycle)

    def _add_fault(self, name: str, problem: str, remedy: str) -> None:
        self.faults.append(Fault(*self._documents[name].place((EXTENDS,)), EXTENDS, problem, remedy))


def _merged(own: Document, base: Document) -> tuple[Document, list[Fault]]:
    faults: list[Fault] = []

    def over(mine: Mapping[str, Any], theirs: Mapping[str, Any], path: KeyPath) -> dict[str, Any]:
        # The base's keys first: agents are started in this order.
        result = dict(theirs)
        for key, value in mine.items():
            here = (*path, key)
            if value is None and key in theirs:
                del result[key]
            elif value is None:
                problem = f"null removes a key that {own.value[EXTENDS]} does not have"
                faults.append(Fault(*own.place(here), dotted(here), problem, suggestion(key, theirs)))
            elif isinstance(value, dict) and isinstance(theirs.get(key), dict):
                result[key] = over(value, theirs[key], here)
            else:
                result[key] = value
        return result

    value = over(own.value, base.value, ())
    inherited = [path for path in base.lines if _is_inherited(path, own.value)]
    lines = {**own.lines, **{path: base.lines[path] for path in inherited}}
    written = {**own.written, **{path: base.written[path] for path in inherited if path in base.written}}
    sources = {path: base.place(path)[0] for path in inherited}
    return Document(own.source, value, lines, sources, written, own.duplicates), faults


def _is_inherited(path: KeyPath, own: Any) -> bool:
    """Whether the merged document has the base's value at a path: a map along it lacks the next key."""
    for key in path:
        if not isinstance(own, dict):
            return False
        if key not in own:
            return True
        own = own[key]
    return False

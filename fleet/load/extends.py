"""Group files that extend another: maps are merged key by key, each value keeping the file and line that wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fleet.model.group import EXTENDS
from fleet.source.document import Document, KeyPath, dotted
from fleet.source.faults import Fault
from fleet.start_order import find_cycle
from fleet.suggest import suggestion


def extend_all(documents: Mapping[str, Document]) -> tuple[dict[str, Document], list[Fault]]:
    """Merges each group's document over the one it extends, and that over its own base first.

    documents: by group name. Returns the merged ones, those left out that have no sound base, and every fault.
    """
    extending = _Extending(documents)
    merged = {name: document for name in documents if (document := extending.whole(name)) is not None}
    return merged, extending.faults


class _Extending:
    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._done: dict[str, Document | None] = {}
        self.faults: list[Fault] = []
        self._refuse_cycles()

    def whole(self, name: str) -> Document | None:
        """A group's document with everything it inherits; None where its file or its base's is at fault."""
        if name not in self._done:
            self._done[name] = self._extended(name)
        return self._done[name]

    def _extended(self, name: str) -> Document | None:
        own = self._documents[name]
        if own.value is None:
            return None
        base_name = own.value.get(EXTENDS)
        if not isinstance(base_name, str):
            return own
        if base_name not in self._documents:
            remedy = suggestion(base_name, self._documents.keys() - {name})
            self.faults.append(self._fault(name, f"unknown group {base_name}", remedy))
            return None
        base = self.whole(base_name)
        if base is None:
            return None
        merged, faults = _merged(own, base)
        self.faults += faults
        return merged

    def _refuse_cycles(self) -> None:
        bases = {name: document.value.get(EXTENDS) for name, document in self._documents.items() if document.value}
        edges = {name: (base,) if isinstance(base, str) else () for name, base in bases.items()}
        while cycle := find_cycle(edges):
            problem = f"extends itself ({' -> '.join(cycle)})"
            self.faults.append(self._fault(cycle[0], problem, "drop one of these"))
            edges |= dict.fromkeys(cycle, ())
            self._done |= dict.fromkeys(cycle)

    def _fault(self, name: str, problem: str, remedy: str) -> Fault:
        document = self._documents[name]
        return Fault(document.source, document.line((EXTENDS,)), EXTENDS, problem, remedy)


def _merged(own: Document, base: Document) -> tuple[Document, list[Fault]]:
    faults: list[Fault] = []

    def over(mine: Mapping[str, Any], theirs: Mapping[str, Any], path: KeyPath) -> dict[str, Any]:
        # The base's order, since agents are started in it; then what is new.
        result = dict(theirs)
        for key, value in mine.items():
            here = (*path, key)
            if value is None and key in theirs:
                del result[key]
            elif value is None:
                problem = f"null drops a key of {own.value[EXTENDS]}, which has none of that name"
                faults.append(Fault(own.source, own.line(here), dotted(here), problem, suggestion(key, theirs)))
            elif isinstance(value, dict) and isinstance(theirs.get(key), dict):
                result[key] = over(value, theirs[key], here)
            else:
                result[key] = value
        return result

    value = over(own.value, base.value, ())
    inherited = [path for path in base.lines if _is_inherited(path, own.value)]
    lines = {**own.lines, **{path: base.lines[path] for path in inherited}}
    return Document(own.source, value, lines, {path: base.place(path)[0] for path in inherited}), faults


def _is_inherited(path: KeyPath, own: Any) -> bool:
    """Whether a value of the base stands in the merged document: a map on its way lacks the next key."""
    for key in path:
        if not isinstance(own, dict):
            return False
        if key not in own:
            return True
        own = own[key]
    return False

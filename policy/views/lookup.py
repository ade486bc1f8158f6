"""Views by what a finding says of them: the URN of a resource, or its logical name alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class Lookup:
    """The first view that a finding is about."""

    def __init__(self, views: Iterable[Any]) -> None:
        self._by_urn: dict[str, tuple[int, Any]] = {}
        self._by_name: dict[str, tuple[int, Any]] = {}
        self._without_urn: dict[str, tuple[int, Any]] = {}
        for entry in enumerate(views):
            view = entry[1]
            self._by_name.setdefault(view.subject, entry)
            if urn := getattr(view, "urn", ""):
                self._by_urn.setdefault(urn, entry)
            else:
                self._without_urn.setdefault(view.subject, entry)

    def find(self, subject: str, urn: str) -> Any | None:
        """A view by URN where both have one, else by name: a name alone may mean another resource."""
        if urn:
            found = [entry for entry in (self._by_urn.get(urn), self._without_urn.get(subject)) if entry]
            return min(found)[1] if found else None
        return self._by_name[subject][1] if subject in self._by_name else None

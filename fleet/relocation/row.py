"""One change by a move."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What changes, its state before and after the move, and a note."""

    what: str
    before: str
    after: str
    note: str = ""


NOTHING = "-"
"""Before the move of a group that runs nowhere yet."""

"""One thing that a move changes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What it is, how it is now and how it would be, and what follows from that."""

    what: str
    before: str
    after: str
    note: str = ""


NOTHING = "-"
"""Where a group runs nowhere yet."""

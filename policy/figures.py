"""Figures in messages: MiB in groups of three digits, and sums with their addends."""

from __future__ import annotations

from collections.abc import Sequence

_ADDENDS_MAX = 12
"""Addends shown one by one; a longer sum would hide the point of the message."""


def thousands(number: int) -> str:
    """`24 564`."""
    return f"{number:,}".replace(",", " ")


def dollars(amount: float) -> str:
    """`$1 234.50`."""
    return f"${amount:,.2f}".replace(",", " ")


def addends(parts: Sequence[tuple[str, int]]) -> str:
    """`language-stack 6 656 + utility 3 584`, biggest first; the smallest of many together."""
    ordered = sorted(parts, key=lambda part: (-part[1], part[0]))
    shown = [f"{name} {thousands(number)}" for name, number in ordered[:_ADDENDS_MAX]]
    rest = ordered[_ADDENDS_MAX:]
    if rest:
        shown.append(f"{len(rest)} more {thousands(sum(number for _, number in rest))}")
    return " + ".join(shown)

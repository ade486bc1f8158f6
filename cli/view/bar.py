"""Memory bars with a legend. Segments differ by character, not by colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from fleet.text import thousands

_FILLS = "█▓"
_CONTEXT, _RESERVE, _FREE = "▒", "▚", "░"
_ASCII = {"█": "#", "▓": "=", "▒": "+", "▚": "~", "░": "."}
_STYLES = {"█": "green", "▓": "cyan", "▒": "yellow", "▚": "magenta", "░": "bright_black"}


@dataclass(frozen=True, slots=True)
class Part:
    """A segment: label, size in MiB and fill character."""

    label: str
    mib: int
    fill: str


def shares(labelled: Sequence[tuple[str, int]]) -> list[Part]:
    """Segments of groups, with alternating fills."""
    return [Part(label, mib, _FILLS[index % len(_FILLS)]) for index, (label, mib) in enumerate(labelled)]


def overhead(label: str, mib: int) -> Part:
    """A segment of CUDA contexts and the like."""
    return Part(label, mib, _CONTEXT)


def reserve(label: str, mib: int) -> Part:
    """A segment of memory reserved for the system."""
    return Part(label, mib, _RESERVE)


def free(mib: int) -> Part:
    """A segment of free memory, empty for negative sizes."""
    return Part("free", max(mib, 0), _FREE)


def bar(parts: Sequence[Part], width: int, *, ascii_only: bool) -> Text:
    """The segments over `width` columns; every segment above zero gets at least one column."""
    text = Text()
    for part, columns in zip(parts, _columns(parts, width), strict=True):
        text.append(_fill(part, ascii_only) * columns, _STYLES[part.fill])
    return text


def legend(parts: Sequence[Part], width: int, *, ascii_only: bool) -> Text:
    """Fill, label and size of each segment, wrapped between segments at `width` columns."""
    text, column = Text(), 0
    for part in parts:
        words = f" {part.label} {thousands(part.mib)}"
        length = len(words) + 1
        if column and column + 2 + length > width:
            text.append("\n")
            column = 0
        elif column:
            text.append("  ")
            column += 2
        text.append(_fill(part, ascii_only), _STYLES[part.fill]).append(words)
        column += length
    return text


def _fill(part: Part, ascii_only: bool) -> str:
    return _ASCII[part.fill] if ascii_only else part.fill


def _columns(parts: Sequence[Part], width: int) -> list[int]:
    """Columns per segment by the largest-remainder method."""
    total = sum(part.mib for part in parts) or 1
    exact = [part.mib * width / total for part in parts]
    columns = [max(int(share), 1 if part.mib else 0) for share, part in zip(exact, parts, strict=True)]
    for i in sorted(range(len(parts)), key=lambda i: exact[i] - columns[i], reverse=True):
        if sum(columns) < width:
            columns[i] += 1
    while sum(columns) > width:
        columns[columns.index(max(columns))] -= 1
    return columns

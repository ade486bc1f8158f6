"""Labelled rows: a bar, or lines of text."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from cli.view import bar

LABEL_WIDTH = 7
_BAR_WIDTH_MAX = 60
_BAR_WIDTH_MIN = 20


def bar_row(out: Console, label: str, parts: Sequence[bar.Part], figures: str) -> None:
    """A label, a bar and its caption, which moves below the bar in a narrow terminal."""
    room = out.width - LABEL_WIDTH - len(figures) - 3
    beside = room >= _BAR_WIDTH_MIN
    width = min(_BAR_WIDTH_MAX, room if beside else out.width - LABEL_WIDTH)
    row = Text(f"{label:<{LABEL_WIDTH}}")
    row.append_text(bar.bar(parts, width, ascii_only=ascii_only(out)))
    if beside:
        row.append(f"   {figures}")
    out.print(row, no_wrap=True, overflow="fold")
    if not beside:
        indented(out, Text(figures))


def labelled(out: Console, label: str, body: RenderableType) -> None:
    """A label and lines wrapped at the console's width."""
    row = Table.grid()
    row.add_column(width=LABEL_WIDTH)
    row.add_column()
    row.add_row(label, body)
    out.print(row)


def indented(out: Console, text: Text) -> None:
    """Lines under a labelled row."""
    labelled(out, "", text)


def ascii_only(out: Console) -> bool:
    """Whether the console cannot show block characters."""
    return "utf" not in out.encoding.lower()

"""Rows of text views: bars, labelled and indented text."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.view import bar
from cli.view.memory import Taken

LABEL_WIDTH = 7
_BAR_WIDTH_MAX = 60
_BAR_WIDTH_MIN = 20


def bar_row(out: Console, label: str, parts: Sequence[bar.Part], figures: str) -> None:
    """A label, a bar and its caption, which moves below the bar in a narrow terminal."""
    room = out.width - LABEL_WIDTH - len(figures) - 3
    fits = room >= _BAR_WIDTH_MIN
    width = min(_BAR_WIDTH_MAX, room if fits else out.width - LABEL_WIDTH)
    row = Text(f"{label:<{LABEL_WIDTH}}")
    row.append_text(bar.bar(parts, width, ascii_only=ascii_only(out)))
    if fits:
        row.append(f"   {figures}")
    out.print(row, no_wrap=True, overflow="fold")
    if not fits:
        labelled(out, "", figures)


def memory_rows(out: Console, label: str, taken: Taken) -> None:
    """A bar with its caption, and the legend below."""
    bar_row(out, label, taken.parts, taken.figures)
    labelled(out, "", bar.legend(taken.parts, out.width - LABEL_WIDTH, ascii_only=ascii_only(out)))


def labelled(out: Console, label: str, body: RenderableType) -> None:
    """A label and lines wrapped at the console's width."""
    row = Table.grid()
    row.add_column(width=LABEL_WIDTH)
    row.add_column()
    row.add_row(label, Text(body) if isinstance(body, str) else body)
    out.print(row)


def line(out: Console, indent: int, text: str | Text, style: str = "") -> None:
    """Text, wrapped and indented."""
    body = Text(text, style, overflow="fold") if isinstance(text, str) else text
    out.print(Padding(body, (0, 0, 0, indent)))


def ascii_only(out: Console) -> bool:
    """Whether the console cannot show block characters."""
    return "utf" not in out.encoding.lower()

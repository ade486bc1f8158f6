"""A table of the page."""

from __future__ import annotations

from collections.abc import Sequence

import htpy as h


def table(
    caption: str, headings: tuple[str, ...], rows: Sequence[tuple[h.Node, ...]], numbers: int = 0, of: str = ""
) -> h.Renderable:
    """A table that scrolls by itself where it is too wide; its last `numbers` columns hold figures.

    A row's first cell is its heading. of: what a screen reader adds to the caption, where several tables share one.
    """
    first_figure = len(headings) - numbers
    head = h.tr[(h.th(scope="col", class_=_figure(i, first_figure))[words] for i, words in enumerate(headings))]
    body = [
        h.tr[
            h.th(scope="row")[row[0]],
            (h.td(class_=_figure(i, first_figure))[cell] for i, cell in enumerate(row[1:], 1)),
        ]
        for row in rows
    ]
    made = h.table[h.caption[caption], h.thead[head], h.tbody[body]]
    return h.div(class_="scroll", tabindex="0", role="region", aria_label=f"{caption}, {of}" if of else caption)[made]


def _figure(index: int, first: int) -> str | None:
    return "figure" if index >= first else None

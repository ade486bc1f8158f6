"""A table of the page."""

from __future__ import annotations

from collections.abc import Sequence

import htpy as h


def table(
    caption: str, headings: tuple[str, ...], rows: Sequence[tuple[h.Node, ...]], numbers: int = 0, of: str = ""
) -> h.Renderable:
    """A table that scrolls if it is too wide. The first cell of a row is its heading.

    numbers: count of right-aligned columns, at the end; of: disambiguates equal captions for screen readers.
    """
    classes = [*[None] * (len(headings) - numbers), *["figure"] * numbers]
    head = h.tr[(h.th(scope="col", class_=kind)[words] for words, kind in zip(headings, classes, strict=True))]
    body = [
        h.tr[
            h.th(scope="row")[row[0]],
            (h.td(class_=kind)[cell] for cell, kind in zip(row[1:], classes[1:], strict=True)),
        ]
        for row in rows
    ]
    label = f"{caption}, {of}" if of else caption
    return h.div(class_="scroll", tabindex="0", role="region", aria_label=label)[
        h.table[h.caption[caption], h.thead[head], h.tbody[body]]
    ]

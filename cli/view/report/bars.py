"""Memory bars of the page: segments with patterns, and a legend with their sizes."""

from __future__ import annotations

from collections.abc import Sequence

import htpy as h

from cli.view.bar import Part
from cli.view.memory import Taken
from fleet.text import thousands

_FILLS = {"▒": "fill-context", "▚": "fill-reserve", "░": "fill-free"}
_SHARES = 6
"""Patterns for shares; a bar with more shares repeats them."""
_LABELLED = 0.13
"""Smallest share of a bar with a label inside it."""


def memory_bar(label: str, taken: Taken, note: str = "") -> h.Renderable:
    """A bar with its caption above, and its legend and a note below."""
    return h.div(class_="memory")[
        h.p[h.strong[label], h.span(class_="muted")[", ".join(taken.figures.split("   "))]],
        bar(taken.parts),
        legend([(part, f"{part.label} {thousands(part.mib)}") for part in taken.parts if part.mib], "MiB"),
        h.p(class_="muted")[note] if note else None,
    ]


def bar(parts: Sequence[Part]) -> h.Renderable:
    """The segments side by side; hidden from screen readers, since the legend repeats them."""
    total = sum(part.mib for part in parts) or 1
    spans = [
        h.span(class_=fill, style=f"flex:{part.mib} 0 0", title=part.label)[
            h.b[part.label] if part.mib / total >= _LABELLED else None
        ]
        for part, fill in zip(parts, _fills(parts), strict=True)
        if part.mib
    ]
    return h.div(class_="bar", aria_hidden="true")[spans]


def legend(rows: Sequence[tuple[Part, str]], unit: str) -> h.Renderable:
    """Pattern and text of each segment."""
    fills = _fills([part for part, _ in rows])
    items = [h.li[h.i(class_=fill, aria_hidden="true"), text] for (_, text), fill in zip(rows, fills, strict=True)]
    return h.ul(class_="key")[h.fragment[items], h.li(class_="muted")[f"in {unit}"]]


def _fills(parts: Sequence[Part]) -> list[str]:
    """A pattern per segment; empty shares use none."""
    number, fills = 0, []
    for part in parts:
        fills.append(_FILLS.get(part.fill) or f"fill-{number % _SHARES + 1}")
        number += part.fill not in _FILLS and part.mib > 0
    return fills

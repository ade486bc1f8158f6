"""Memory bars of the page: the parts of `cli.view.bar`, each with a pattern and a figure in the legend."""

from __future__ import annotations

from collections.abc import Sequence

import htpy as h

from cli.view.bar import Part
from cli.view.memory import Taken
from fleet.text import thousands

_FILLS = {"▒": "fill-context", "▚": "fill-reserve", "░": "fill-free"}
_SHARES = 6
"""Patterns for parts of the same kind; a bar with more parts repeats them."""
_LABELLED = 0.13
"""Smallest share of a bar whose label fits into it."""


def memory_bar(label: str, taken: Taken, note: str = "") -> h.Renderable:
    """A bar with its figures above, and its legend and a note below."""
    return h.div(class_="memory")[
        h.p[h.strong[label], h.span(class_="muted")[", ".join(taken.figures.split("   "))]],
        bar(taken.parts),
        key([(part, f"{part.label} {thousands(part.mib)}") for part in taken.parts if part.mib], "MiB"),
        h.p(class_="muted")[note] if note else None,
    ]


def bar(parts: Sequence[Part]) -> h.Renderable:
    """The parts side by side. Screen readers skip it, since the legend has the same figures."""
    total, fills = sum(part.mib for part in parts) or 1, _fills(parts)
    spans = [
        h.span(class_=fill, style=f"flex:{part.mib} 0 0", title=part.label)[
            h.b[part.label] if part.mib / total >= _LABELLED else None
        ]
        for part, fill in zip(parts, fills, strict=True)
        if part.mib
    ]
    return h.div(class_="bar", aria_hidden="true")[spans]


def key(rows: Sequence[tuple[Part, str]], unit: str) -> h.Renderable:
    """Each part's pattern and figure."""
    fills = _fills([part for part, _ in rows])
    items = [h.li[h.i(class_=fill, aria_hidden="true"), row[1]] for row, fill in zip(rows, fills, strict=True)]
    return h.ul(class_="key")[h.fragment[items], h.li(class_="muted")[f"in {unit}"]]


def _fills(parts: Sequence[Part]) -> list[str]:
    """A pattern for each part; an empty part uses none up."""
    number, found = 0, []
    for part in parts:
        found.append(_FILLS.get(part.fill) or f"fill-{number % _SHARES + 1}")
        number += part.fill not in _FILLS and part.mib > 0
    return found

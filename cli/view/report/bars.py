"""Bars of memory for the page: the parts of `cli.view.bar`, each with a pattern of its own and a key of figures."""

from __future__ import annotations

from collections.abc import Sequence

from cli.view.bar import Part
from cli.view.memory import Taken
from cli.view.report.markup import Markup, joined, tag
from fleet.text import thousands

_FILLS = {"▒": "fill-context", "▚": "fill-reserve", "░": "fill-free"}
_SHARES = 6
"""Patterns of parts of equal standing; a bar of more repeats them."""
_LABELLED = 0.13
"""Part of a bar from which its label has room in it."""


def memory_bar(label: str, taken: Taken, note: str = "") -> Markup:
    """A bar with its figures above, its key below, and a note under it."""
    return tag(
        "div",
        tag("p", tag("strong", label), tag("span", ", ".join(taken.figures.split("   ")), class_="muted")),
        bar(taken.parts),
        key([(part, f"{part.label} {thousands(part.mib)}") for part in taken.parts if part.mib], "MiB"),
        tag("p", note, class_="muted") if note else None,
        class_="memory",
    )


def bar(parts: Sequence[Part]) -> Markup:
    """The parts side by side. Readers of screens skip it: its key says the same."""
    total, fills = sum(part.mib for part in parts) or 1, _fills(parts)
    spans = [
        tag(
            "span",
            tag("b", part.label) if part.mib / total >= _LABELLED else None,
            class_=fill,
            style=f"flex:{part.mib} 0 0",
            title=part.label,
        )
        for part, fill in zip(parts, fills, strict=True)
        if part.mib
    ]
    return tag("div", *spans, class_="bar", aria_hidden="true")


def key(rows: Sequence[tuple[Part, str]], unit: str) -> Markup:
    """Each part's pattern with its figure."""
    fills = _fills([part for part, _ in rows])
    items = [
        tag("li", tag("i", class_=fill, aria_hidden="true"), row[1]) for row, fill in zip(rows, fills, strict=True)
    ]
    return tag("ul", joined(*items), tag("li", f"in {unit}", class_="muted"), class_="key")


def _fills(parts: Sequence[Part]) -> list[str]:
    """A pattern each: what has no size takes none from the others."""
    number, found = 0, []
    for part in parts:
        found.append(_FILLS.get(part.fill) or f"fill-{number % _SHARES + 1}")
        number += part.fill not in _FILLS and part.mib > 0
    return found

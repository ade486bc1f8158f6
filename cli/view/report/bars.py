"""Bars of memory for the page: the parts of `cli.view.bar`, each with a pattern of its own and a key of figures."""

from __future__ import annotations

from collections.abc import Sequence

from cli.view.bar import Part
from cli.view.memory import Taken
from cli.view.report.markup import Markup, joined, tag
from fleet.model.quantities import thousands

_FILLS = {"█": "fill-1", "▓": "fill-2", "▒": "fill-context", "▚": "fill-reserve", "░": "fill-free"}
_LABELLED = 0.13
"""Part of a bar from which its label has room in it."""


def memory_bar(label: str, taken: Taken, note: str = "") -> Markup:
    """A bar with its figures above, its key below, and a note under it."""
    return tag(
        "div",
        tag("p", tag("strong", label), tag("span", taken.figures, class_="muted")),
        bar(taken.parts),
        key([(part, f"{part.label} {thousands(part.mib)}") for part in taken.parts if part.mib], "MiB"),
        tag("p", note, class_="muted") if note else None,
        class_="memory",
    )


def bar(parts: Sequence[Part]) -> Markup:
    """The parts side by side. Readers of screens skip it: its key says the same."""
    total = sum(part.mib for part in parts) or 1
    spans = [
        tag(
            "span",
            tag("b", part.label) if part.mib / total >= _LABELLED else None,
            class_=_FILLS[part.fill],
            style=f"flex:{part.mib} 0 0",
            title=part.label,
        )
        for part in parts
        if part.mib
    ]
    return tag("div", *spans, class_="bar", aria_hidden="true")


def key(rows: Sequence[tuple[Part, str]], unit: str) -> Markup:
    """Each part's pattern with its figure."""
    items = [tag("li", tag("i", class_=_FILLS[part.fill], aria_hidden="true"), words) for part, words in rows]
    return tag("ul", joined(*items), tag("li", f"in {unit}", class_="muted"), class_="key")

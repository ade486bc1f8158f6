"""HTML and SVG as text: whatever is not made here is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def tag(element: str, /, *children: str | None, **attributes: str | float | None) -> Markup:
    """An element. Children that are no Markup are escaped, and None is left out, as are attributes that are None.

    An attribute is written `class_` for class, and `aria_label` for aria-label; the value "" makes a bare one.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    return Markup(f"<{element}{written}>{joined(*children)}</{element}>")


def joined(*children: str | None) -> Markup:
    """Several pieces in a row, escaped where they are no Markup."""
    return Markup("".join(child if isinstance(child, Markup) else escape(child) for child in children if child))


def table(
    caption: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], numbers: int = 0, of: str = ""
) -> Markup:
    """A table that scrolls by itself where it is too wide; its last `numbers` columns hold figures.

    A row's first cell is its heading. of: whose table it is, said to readers of screens where others have its like.
    """
    words = len(headings) - numbers
    head = tag("tr", *(tag("th", h, scope="col", class_=_figure(i, words)) for i, h in enumerate(headings)))
    body = [
        tag(
            "tr",
            tag("th", row[0], scope="row"),
            *(tag("td", cell, class_=_figure(i, words)) for i, cell in enumerate(row[1:], 1)),
        )
        for row in rows
    ]
    made = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *body))
    return tag(
        "div", made, class_="scroll", tabindex="0", role="region", aria_label=f"{caption}, {of}" if of else caption
    )


def _figure(index: int, words: int) -> str | None:
    return "figure" if index >= words else None


def _attribute(key: str, value: str | float) -> str:
    name = key.rstrip("_").replace("_", "-")
    if isinstance(value, float):
        value = f"{value:.1f}".removesuffix(".0")
    return f' {name}="{escape(str(value))}"' if value != "" else f" {name}"

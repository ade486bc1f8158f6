"""The fleet's drawing as a Mermaid flowchart, which many Markdown viewers render."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from cli.view.report.layout import Box, Drawing


def mermaid(drawing: Drawing) -> str:
    """A flowchart with a subgraph per machine; dotted lines cross machines."""
    return "\n".join(["flowchart BT", *_lines(drawing)]) + "\n"


def _lines(drawing: Drawing) -> Iterator[str]:
    boxes = {stack: list(group) for stack, group in groupby(drawing.boxes, key=lambda box: box.stack)}
    for frame in drawing.frames:
        yield f'  subgraph {_id(frame.stack)}["{_text(f"{frame.stack}: {frame.title}, {frame.note}")}"]'
        for box in boxes.get(frame.stack, []):
            shape = ("[[", "]]") if box.has_gpu else ("[", "]")
            yield f'    {_box(box)}{shape[0]}"{_text(box.group)}<br/>{_text(box.note)}"{shape[1]}'
        yield "  end"
    for link in drawing.links:
        ports = ", ".join(map(str, link.ports))
        line = "-.->" if link.crosses else "-->"
        yield f'  {_box(link.source)} {line}|"{ports}"| {_box(link.target)}'


def _box(box: Box) -> str:
    return f"{_id(box.stack)}__{_id(box.group)}"


def _id(name: str) -> str:
    # A name that ends in Mermaid's keyword `end` would end the subgraph.
    return f"n_{name.replace('-', '_')}"


def _text(words: str) -> str:
    """Quoted text; characters that Mermaid or HTML would interpret are written as their number."""
    return "".join(character if character.isalnum() or character in " .,:-/" else f"#{ord(character)};"
                   for character in words)  # fmt: skip

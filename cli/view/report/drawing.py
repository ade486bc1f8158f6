"""The fleet's drawing as SVG: machines as frames, groups as boxes, connections as curves."""

from __future__ import annotations

import htpy as h

from cli.view.report.layout import Box, Drawing, Frame, Link
from cli.view.report.style import DRAWING, THEME

_LETTER = 0.57
"""Width of a letter relative to its size, enough for any sans-serif font."""

_SQUEEZED = 0.72
"""Share of that width at which text is still legible."""


def svg(drawing: Drawing, *, alone: bool) -> h.Renderable:
    """The drawing. alone: as a file of its own; else as part of the page, with links to the groups' rows."""
    tip = h.path(d="M0 0 8 4 0 8z", class_="tip")
    marker = h.marker(
        id=f"tip-{drawing.name}", viewBox="0 0 8 8", refX=7, refY=4, markerWidth=6, markerHeight=6, orient="auto"
    )[tip]
    return h.svg(
        xmlns="http://www.w3.org/2000/svg" if alone else None,
        viewBox=f"0 0 {drawing.width:.0f} {drawing.height:.0f}",
        width=_px(drawing.width) if alone else None,
        class_=f"fleet {drawing.name}",
        role="img" if alone else "group",
        aria_label=None if alone else "Drawing of the fleet",
    )[
        [h.style[THEME + DRAWING]] if alone else [],
        h.title["The fleet: machines, groups by start wave, and allowed connections"],
        h.defs[marker],
        (_rect(frame, 12, "machine") for frame in drawing.frames),
        (_link(link, drawing) for link in drawing.links),
        (_labels(frame, drawing) for frame in drawing.frames),
        (_box(box, drawing, alone=alone) for box in drawing.boxes),
    ]


def _rect(shape: Frame | Box, radius: int, kind: str) -> h.Renderable:
    return h.rect(
        x=_px(shape.x), y=_px(shape.y), width=_px(shape.width), height=_px(shape.height), rx=radius, class_=kind
    )


def _labels(frame: Frame, drawing: Drawing) -> h.Renderable:
    """A machine's text, above the connections that cross it."""
    room = frame.width - 32
    words = h.fragment[
        _text(f"{frame.stack}: {frame.title}", frame.x + 16, frame.y + 24, "name", 15, room),
        _text(frame.note, frame.x + 16, frame.y + 42, "note", _note_size(drawing), room),
        (_text(label, x, y, "wave", 11, room) for label, x, y in frame.waves),
    ]
    return h.g(class_="over")[words]


def _box(box: Box, drawing: Drawing, *, alone: bool) -> h.Renderable:
    left = box.x + (14 if box.has_gpu else 10)
    room = box.x + box.width - left - 4
    parts = h.fragment[
        h.title[f"{box.group} on {box.stack}: {box.note}"],
        _rect(box, 7, "group"),
        h.rect(x=_px(box.x), y=_px(box.y + 6), width=5, height=_px(box.height - 12), class_="card")
        if box.has_gpu
        else None,
        _text(box.group, left, box.y + 19, "name", 13.0 if drawing.name == "wide" else 11.5, room),
        _text(box.note, left, box.y + 35, "note", _note_size(drawing), room),
    ]
    row = anchor(box.stack, box.group)
    return h.g[parts] if alone else h.a(href=f"#{row}", data_group=row)[parts]


def _note_size(drawing: Drawing) -> float:
    return 11.5 if drawing.name == "wide" else 10.0


def anchor(stack: str, group: str) -> str:
    """Id of a group's row on the page."""
    return f"{stack}--{group}"


def _text(words: str, x: float, y: float, kind: str, size: float, room: float) -> h.Renderable:
    """A line of text, condensed if it might not fit, and truncated if that would make it illegible."""
    fitting = int(room / (size * _LETTER * _SQUEEZED))
    if len(words) > fitting:
        words = f"{words[: fitting - 1]}…"
    squeezed = len(words) * size * _LETTER > room
    return h.text(
        x=_px(x),
        y=_px(y),
        class_=kind,
        font_size=_px(size),
        textLength=_px(room) if squeezed else None,
        lengthAdjust="spacingAndGlyphs" if squeezed else None,
    )[words]


def _link(link: Link, drawing: Drawing) -> h.Renderable:
    ports = ", ".join(map(str, link.ports))
    return h.path(
        d=_curve(link),
        class_="link crossing" if link.crosses else "link",
        marker_end=f"url(#tip-{drawing.name})",
        data_from=anchor(link.source.stack, link.source.group),
        data_to=anchor(link.target.stack, link.target.group),
    )[h.title[f"{link.source.group} to {link.target.group}, port {ports}"]]


def _curve(link: Link) -> str:
    """A curve between the facing sides of two boxes; around the boxes in between if one is right above the other."""
    a, b = link.source, link.target
    y1, y2 = a.y + a.height / 2, b.y + b.height / 2
    overlap = a.x < b.x + b.width and b.x < a.x + a.width
    if abs(a.y - b.y) < a.height or (link.crosses and not overlap):
        start, end = (a.x + a.width, b.x) if a.x < b.x else (a.x, b.x + b.width)
        bend = (end - start) / 2
        return f"M{start:.0f} {y1:.0f}C{start + bend:.0f} {y1:.0f} {end - bend:.0f} {y2:.0f} {end:.0f} {y2:.0f}"
    if abs(a.x - b.x) < 1 and abs(a.y - b.y) > 2 * a.height:
        out = a.x - min(26.0, 8 + abs(a.y - b.y) / 24) * (1 if link.crosses else 4 / 3)
        return f"M{a.x:.0f} {y1:.0f}C{out:.0f} {y1:.0f} {out:.0f} {y2:.0f} {b.x:.0f} {y2:.0f}"
    start, end = (a.y, b.y + b.height) if a.y > b.y else (a.y + a.height, b.y)
    bend = (end - start) / 2
    x1, x2 = a.x + a.width / 2, b.x + b.width / 2
    return f"M{x1:.0f} {start:.0f}C{x1:.0f} {start + bend:.0f} {x2:.0f} {end - bend:.0f} {x2:.0f} {end:.0f}"


def _px(value: float) -> str:
    """A length with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")

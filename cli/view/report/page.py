"""The page: the whole fleet in one file that makes no network request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import htpy as h

from cli.view.report.costs import costs_section
from cli.view.report.drawing import svg
from cli.view.report.facts import Facts
from cli.view.report.layout import NARROW, WIDE, draw
from cli.view.report.machine import machine_section
from cli.view.report.style import DRAWING, PAGE, SCRIPT, THEME
from fleet.cost.figures import fleet_total
from fleet.text import dollars, gibibytes

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
"""Makes the browser refuse every network request."""


def page(stacks: Sequence[Facts], today: date, difference: h.Renderable | None = None) -> str:
    """An HTML document. today: the day waivers are judged for; difference: the section of differences."""
    head = h.fragment[
        h.meta(charset="utf-8"),
        h.meta(http_equiv="Content-Security-Policy", content=_POLICY),
        h.meta(name="viewport", content="width=device-width,initial-scale=1"),
        # An empty icon; a browser would request one otherwise.
        h.link(rel="icon", href="data:,"),
        h.title[f"Fleet: {', '.join(facts.name for facts in stacks)}"],
        h.style[THEME + DRAWING + PAGE],
    ]
    body = h.fragment[
        h.a(href="#drawing", class_="skip")["Skip to the drawing"],
        h.header[h.h1["The fleet"], _summary(stacks), _navigation(stacks, difference)],
        h.main[
            difference,
            _drawing(stacks),
            (machine_section(facts) for facts in stacks),
            costs_section([facts.cost for facts in stacks]),
        ],
        h.footer[h.p[f"Made by `fleet report` from the files alone, judged by the rules as of {today}."]],
        h.script[SCRIPT],
    ]
    return f"{h.html(lang='en')[h.head[head], h.body[body]]}\n"


def _summary(stacks: Sequence[Facts]) -> h.Renderable:
    groups = sum(len(facts.deployment.groups) for facts in stacks)
    cards = [card for facts in stacks for card in facts.deployment.cards]
    used, total = sum(card.committed_mib for card in cards), sum(card.gpu.memory_mib for card in cards)
    run = sum(facts.judged.rules_run for facts in stacks)
    standing = Counter(found.standing for facts in stacks for found in facts.judged.found)
    waived = f", {standing['waived']} waived" if standing["waived"] else ""
    failed = sum(facts.judged.failed is not None for facts in stacks)
    usd = fleet_total([facts.cost for facts in stacks])
    unknown = any(facts.cost.unknown for facts in stacks)
    unjudged = f"; {failed} not judged" if failed else ""
    figures = [
        ("Machines and clouds", str(len(stacks)), f"{groups} groups"),
        ("Agents", str(sum(facts.agents for facts in stacks)), "in those groups"),
        *([("Cards", f"{100 * used / total:.0f} %", f"{gibibytes(used)} of {gibibytes(total)}")] if total else []),
        ("Expected cost", dollars(usd.expected), f"a month{', without unpriced items' if unknown else ''}"),
        (
            "Policies",
            f"{standing['mandatory']} violated",
            f"{standing['advisory']} advisories{waived}; {run} judgements{unjudged}",
        ),
    ]
    tiles = [h.div[h.dt[name], h.dd[value, h.small[note]]] for name, value, note in figures]
    return h.dl(class_="figures")[tiles]


def _navigation(stacks: Sequence[Facts], difference: h.Renderable | None) -> h.Renderable:
    places = [
        *([("difference", "What differs")] if difference else []),
        ("drawing", "Drawing"),
        *((facts.name, facts.name) for facts in stacks),
        ("cost", "Cost"),
    ]
    links = [h.li[h.a(href=f"#{place}")[words]] for place, words in places]
    return h.nav(aria_label="Parts of this page")[h.ul[links]]


def _drawing(stacks: Sequence[Facts]) -> h.Renderable:
    deployments = [facts.deployment for facts in stacks]
    told = (
        "A frame is a machine or a cloud, a box a container group, with a bar at its left where it has a GPU (MiB). "
        "A line leads to the group that is connected to, dashed where that is on another machine. "
        "Point at a group, or reach it with the Tab key, to see its lines alone; it leads to its row below."
    )
    return h.section(id="drawing", class_="plain", tabindex="-1", aria_labelledby="drawing-heading")[
        h.h2(id="drawing-heading")["Who runs where, and who talks to whom"],
        h.figure[h.figcaption[told], (svg(draw(deployments, room), alone=False) for room in (WIDE, NARROW))],
    ]

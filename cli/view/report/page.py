"""The page: the whole fleet in one file that makes no network request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import htpy as h

from cli.view.policy_words import worst_standings
from cli.view.report.costs import costs_section
from cli.view.report.drawing import svg
from cli.view.report.facts import Facts
from cli.view.report.layout import NARROW, WIDE, draw
from cli.view.report.machine import machine_section
from cli.view.report.style import DRAWING, PAGE, SCRIPT, THEME
from fleet.cost.figures import fleet_total
from fleet.text import dollars, gibibytes

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
"""Makes the browser block every network request."""

MARK = "fleet report"
"""Name of the generator, near the start of the page."""


def page(stacks: Sequence[Facts], today: date, difference: h.Renderable | None = None) -> str:
    """An HTML document. today: the date for waivers; difference: the section of differences."""
    head = h.fragment[
        h.meta(charset="utf-8"),
        h.meta(name="generator", content=MARK),
        h.meta(http_equiv="Content-Security-Policy", content=_POLICY),
        h.meta(name="viewport", content="width=device-width,initial-scale=1"),
        # An empty icon; a browser would request one otherwise.
        h.link(rel="icon", href="data:,"),
        h.title[f"Fleet: {', '.join(facts.name for facts in stacks)}"],
        h.style[THEME + DRAWING + PAGE],
    ]
    places = [
        *([("difference", "Differences")] if difference else []),
        ("drawing", "Drawing"),
        *((facts.name, facts.name) for facts in stacks),
        ("cost", "Cost"),
    ]
    links = [h.li[h.a(href=f"#{place}")[words]] for place, words in places]
    body = h.fragment[
        h.a(href="#drawing", class_="skip")["Skip to the drawing"],
        h.header[h.h1["The fleet"], _summary(stacks), h.nav(aria_label="Sections")[h.ul[links]]],
        h.main[
            difference,
            _drawing(stacks),
            (machine_section(facts) for facts in stacks),
            costs_section([facts.cost for facts in stacks]),
        ],
        h.footer[h.p[f"Made by `fleet report` from offline plans on {today}."]],
        h.script[SCRIPT],
    ]
    return f"{h.html(lang='en')[h.head[head], h.body[body]]}\n"


def _summary(stacks: Sequence[Facts]) -> h.Renderable:
    groups = [group for facts in stacks for group in facts.deployment.groups]
    cards = [card for facts in stacks for card in facts.deployment.cards]
    used, total = sum(card.committed_mib for card in cards), sum(card.gpu.memory_mib for card in cards)
    results = [(f"{facts.name} {found.rule}", found.standing) for facts in stacks for found in facts.judged.found]
    by_standing = worst_standings(results)
    passed, run = (sum(getattr(facts.judged, key) for facts in stacks) for key in ("rules_held", "rules_run"))
    waived = f", {by_standing['waived']} waived" if by_standing["waived"] else ""
    failed = sum(facts.judged.failed is not None for facts in stacks)
    usd = fleet_total([facts.cost for facts in stacks])
    unpriced = ", excludes unpriced items" if any(facts.cost.unknown for facts in stacks) else ""
    figures = [
        ("Machines and clouds", str(len(stacks)), f"{len(groups)} groups"),
        ("Agents", str(sum(group.agents for group in groups)), "in those groups"),
        *([("GPU memory", f"{100 * used / total:.0f} %", f"{gibibytes(used)} of {gibibytes(total)}")] if total else []),
        ("Expected cost", dollars(usd.expected), f"a month{unpriced}"),
        (
            "Policies",
            f"{by_standing['mandatory']} violated",
            f"{passed} of {run} checks passed, {by_standing['advisory']} advisory{waived}"
            f"{f'; {failed} not checked' if failed else ''}",
        ),
    ]
    return h.dl(class_="figures")[(h.div[h.dt[name], h.dd[value, h.small[note]]] for name, value, note in figures)]


def _drawing(stacks: Sequence[Facts]) -> h.Renderable:
    deployments = [facts.deployment for facts in stacks]
    caption = (
        "A frame is a machine or a cloud; a box is a container group, with a bar on its left if it uses a GPU (MiB). "
        "An arrow is an allowed connection, dashed between machines. "
        "Hover over a group, or focus it with the Tab key, to highlight its connections; click it to see its details."
    )
    return h.section(id="drawing", class_="plain", tabindex="-1", aria_labelledby="drawing-heading")[
        h.h2(id="drawing-heading")["Machines, groups and connections"],
        h.figure[h.figcaption[caption], (svg(draw(deployments, canvas), alone=False) for canvas in (WIDE, NARROW))],
    ]

"""Monthly costs on the page: a row per stack, and the breakdown of each with its arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import htpy as h

from cli.view.bar import free, shares
from cli.view.cost_text import figure, heading, legend, marks
from cli.view.report import bars
from cli.view.report.table import table
from fleet.cost import Amounts, Part, StackCost
from fleet.cost.figures import fleet_total
from fleet.text import money

_LOADS = ("idle", "expected", "maximum")


def costs_section(costs: Sequence[StackCost]) -> h.Renderable:
    """A row per stack and the total, then the breakdown of each stack."""
    by_stack = [marks(unverified=cost.unverified, unknown=bool(cost.unknown)) for cost in costs]
    shown = "".join(sorted(set("".join(by_stack))))
    rows = [(cost.stack, *_figures(cost.usd, mark)) for cost, mark in zip(costs, by_stack, strict=True)]
    rows.append(("total", *_figures(fleet_total(costs), shown)))
    return h.section(id="cost", aria_labelledby="cost-heading")[
        h.h2(id="cost-heading")["Cost"],
        h.p(class_="muted")[heading(costs)],
        table("Monthly cost at three loads", ("stack", *_LOADS), rows, 3),
        (h.p(class_="muted")[note] for note in legend(shown)),
        (_stack(cost) for cost in costs),
    ]


def _stack(cost: StackCost) -> h.Renderable:
    budget = f"; expected {money(cost.usd.expected)}, budget {money(cost.budget_usd)}" if cost.budget_usd else ""
    rows = [
        (h.fragment[name, h.br, h.span(class_="muted")[part.how]], *_figures(part.usd)) for name, part in _parts(cost)
    ]
    return h.details[
        h.summary[f"{cost.stack}: breakdown{budget}"],
        _budget(cost.usd, cost.budget_usd) if cost.budget_usd else None,
        table(f"Breakdown of {cost.stack}", ("item", *_LOADS), rows, 3),
        h.fragment[h.p["Assumptions:"], h.ul[(h.li[words] for words in cost.assumptions)]]
        if cost.assumptions
        else None,
    ]


def _parts(cost: StackCost) -> Iterator[tuple[str, Part]]:
    yield from ((part.name, part) for part in cost.machine)
    yield from ((f"{group.name}, {part.name}", part) for group in cost.groups for part in group.own)
    yield from ((part.name, part) for part in cost.extra)


def _budget(usd: Amounts, budget_usd: float) -> h.Renderable:
    cents = [round(100 * max(x, 0)) for x in (usd.idle, usd.expected - usd.idle, budget_usd - usd.expected)]
    parts = [*shares([("idle", cents[0]), ("added by load", cents[1])]), free(cents[2])]
    labels = ("idle", "added by load", "left of the budget")
    rows = [(part, f"{label} {money(part.mib / 100)}") for part, label in zip(parts, labels, strict=True) if part.mib]
    return h.div(class_="memory")[bars.bar(parts), bars.legend(rows, "US dollars a month")]


def _figures(usd: Amounts | None, mark: str = "") -> tuple[str, str, str]:
    if usd is None:
        return ("unknown",) * 3
    return figure(usd.idle, mark), figure(usd.expected, mark), figure(usd.maximum, mark)

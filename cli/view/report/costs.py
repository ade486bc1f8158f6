"""Monthly costs on the page: a bar per stack with its budget, and the arithmetic of every figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import htpy as h

from cli.view.bar import Part, free, shares
from cli.view.report.bars import bar, key
from cli.view.report.table import table
from fleet.cost import Amounts, StackCost
from fleet.cost import Part as Priced
from fleet.cost.figures import fleet_total
from fleet.text import money

_HEADINGS = ("idle", "expected", "maximum")


def costs_section(costs: Sequence[StackCost]) -> h.Renderable:
    """A row per stack and the total; folded below, the items of each."""
    rows = [(cost.stack, *_figures(cost.usd), _marks(cost)) for cost in costs]
    total = ("all", *_figures(fleet_total(costs)), "".join(sorted({mark for *_, marks in rows for mark in marks})))
    shown = [(row[0], f"{row[1]}{row[4]}", f"{row[2]}{row[4]}", f"{row[3]}{row[4]}") for row in (*rows, total)]
    as_of = costs[0].as_of if costs else ""
    marks = total[-1]
    return h.section(id="cost", aria_labelledby="cost-heading")[
        h.h2(id="cost-heading")["Cost"],
        h.p(class_="muted")[f"US dollars per month of 730 h; prices as of {as_of}"],
        table("Cost per month at three loads", ("stack", *_HEADINGS), shown, 3),
        h.p(class_="muted")["* uses a price not verified on its vendor's page"] if "*" in marks else None,
        h.p(class_="muted")["+ excludes unpriced items"] if "+" in marks else None,
        (_stack(cost) for cost in costs),
    ]


def _stack(cost: StackCost) -> h.Renderable:
    budget = f"expected {money(cost.usd.expected)}, budget {money(cost.budget_usd)}" if cost.budget_usd else ""
    parts = [(part.name, *(_figures(part.usd) if part.usd else ("unknown",) * 3), part.how) for part in _parts(cost)]
    made = table(f"Cost items of {cost.stack}", ("item", *_HEADINGS, "how"), _figures_last(parts), 3)
    assumed = h.ul[(h.li[words] for words in cost.assumptions)]
    return h.details[
        h.summary[f"{cost.stack}: cost items{f'; {budget}' if budget else ''}"],
        _budget(cost) if cost.budget_usd else None,
        made,
        h.fragment[h.p["Assumed:"], assumed] if cost.assumptions else None,
    ]


def _figures_last(rows: Sequence[tuple[str, ...]]) -> list[tuple[h.Node, ...]]:
    return [(h.fragment[name, h.br, h.span(class_="muted")[how]], *figures) for name, *figures, how in rows]


def _parts(cost: StackCost) -> Iterator[Priced]:
    yield from cost.machine
    for group in cost.groups:
        for part in group.own:
            yield Priced(f"{group.name}, {part.name}", part.usd, part.how, part.unverified)
    yield from cost.extra


def _budget(cost: StackCost) -> h.Renderable:
    usd, budget = cost.usd, cost.budget_usd or 0
    cents = [round(100 * max(usd_, 0)) for usd_ in (usd.idle, usd.expected - usd.idle, budget - usd.expected)]
    parts: list[Part] = [*shares([("idle", cents[0]), ("usage", cents[1])]), free(cents[2])]
    named = [(part, f"{'left' if part is parts[-1] else part.label} {money(part.mib / 100)}") for part in parts]
    return h.div(class_="memory")[bar(parts), key([row for row in named if row[0].mib], "US dollars per month")]


def _figures(usd: Amounts) -> tuple[str, str, str]:
    return money(usd.idle), money(usd.expected), money(usd.maximum)


def _marks(cost: StackCost) -> str:
    return ("*" if cost.unverified else "") + ("+" if cost.unknown else "")

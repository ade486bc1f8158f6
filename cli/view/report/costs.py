"""What the fleet costs a month, on the page: a bar a stack beside its budget, and every figure's arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cli.view.bar import Part, free, shares
from cli.view.report.bars import bar, key
from cli.view.report.markup import Markup, joined, table, tag
from fleet.cost import Amounts, StackCost
from fleet.cost import Part as Priced
from fleet.cost.figures import fleet_total

_HEADINGS = ("idle", "expected", "maximum")


def costs_section(costs: Sequence[StackCost]) -> Markup:
    """A row a stack and their sum; folded under it, what each is made of."""
    rows = [(cost.stack, *_figures(cost.usd), _marks(cost)) for cost in costs]
    total = ("all", *_figures(fleet_total(costs)), "".join(sorted({mark for *_, marks in rows for mark in marks})))
    shown = [(row[0], f"{row[1]}{row[4]}", f"{row[2]}{row[4]}", f"{row[3]}{row[4]}") for row in (*rows, total)]
    as_of = costs[0].as_of if costs else ""
    marks = total[-1]
    return tag(
        "section",
        tag("h2", "Cost", id="cost-heading"),
        tag("p", f"US dollars a month of 730 h, prices of {as_of}", class_="muted"),
        table("What a month costs at three loads", ("stack", *_HEADINGS), shown, 3),
        tag("p", "* made with a price that was not read on its vendor's page", class_="muted")
        if "*" in marks
        else None,
        tag("p", "+ excludes unpriced items", class_="muted") if "+" in marks else None,
        *(_stack(cost) for cost in costs),
        id="cost",
        aria_labelledby="cost-heading",
    )


def money(usd: float) -> str:
    """Whole cents."""
    return f"{round(usd, 2) + 0.0:,.2f}".replace(",", " ")


def _stack(cost: StackCost) -> Markup:
    budget = f"expected {money(cost.usd.expected)} of a budget of {money(cost.budget_usd)}" if cost.budget_usd else ""
    parts = [(part.name, *(_figures(part.usd) if part.usd else ("unknown",) * 3), part.how) for part in _parts(cost)]
    made = table(f"What {cost.stack} is made of", ("what", *_HEADINGS, "how"), _figures_last(parts), 3)
    assumed = tag("ul", *(tag("li", words) for words in cost.assumptions))
    return tag(
        "details",
        tag("summary", f"{cost.stack}: how it is made{f'; {budget}' if budget else ''}"),
        _budget(cost) if cost.budget_usd else None,
        made,
        joined(tag("p", "Assumed:"), assumed) if cost.assumptions else None,
    )


def _figures_last(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [(joined(name, tag("br"), tag("span", how, class_="muted")), *figures) for name, *figures, how in rows]


def _parts(cost: StackCost) -> Iterator[Priced]:
    yield from cost.machine
    for group in cost.groups:
        for part in group.own:
            yield Priced(f"{group.name}, {part.name}", part.usd, part.how, part.unverified)
    yield from cost.beside


def _budget(cost: StackCost) -> Markup:
    usd, budget = cost.usd, cost.budget_usd or 0
    cents = [round(100 * max(usd_, 0)) for usd_ in (usd.idle, usd.expected - usd.idle, budget - usd.expected)]
    parts: list[Part] = [*shares([("idle", cents[0]), ("more with work", cents[1])]), free(cents[2])]
    named = [(part, f"{'left' if part is parts[-1] else part.label} {money(part.mib / 100)}") for part in parts]
    return tag("div", bar(parts), key([row for row in named if row[0].mib], "US dollars a month"), class_="memory")


def _figures(usd: Amounts) -> tuple[str, str, str]:
    return money(usd.idle), money(usd.expected), money(usd.maximum)


def _marks(cost: StackCost) -> str:
    return ("*" if cost.unverified else "") + ("+" if cost.unknown else "")

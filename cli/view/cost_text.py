"""Costs as text: a bar against the budget, then every figure with its arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from cli.terminal import trimmed
from cli.view import bar
from cli.view.rows import ascii_only, bar_row, labelled, line
from fleet.cost import Amounts, Part, StackCost
from fleet.cost.figures import BreakEven, fleet_total, plain, price, total
from fleet.cost.prices import PRICES
from fleet.text import money

_COLUMN = 13
_UNVERIFIED, _UNKNOWN = "*", "+"


def marks(*, unverified: bool, unknown: bool) -> str:
    """The footnote marks of a figure."""
    return (_UNVERIFIED if unverified else "") + (_UNKNOWN if unknown else "")


def figure(usd: float, mark: str = "") -> str:
    """An amount with its marks; one of unpriced items alone is unknown, not free."""
    return "unknown" if _UNKNOWN in mark and not round(usd, 2) else money(usd) + mark


def legend(shown: str) -> list[str]:
    """The footnotes of the marks shown."""
    notes = {
        _UNVERIFIED: f"uses a price not verified on its vendor's page; see {PRICES}",
        _UNKNOWN: "excludes unpriced items",
    }
    return [f"{mark} {note}" for mark, note in notes.items() if mark in shown]


def heading(costs: Sequence[StackCost]) -> str:
    """Unit and date of the figures."""
    return f"US dollars a month of 730 h, prices of {costs[0].as_of}" if costs else ""


def show_stack(out: Console, cost: StackCost) -> None:
    """Prints the costs of one stack, by group."""
    with trimmed(out):
        out.print(Text(cost.stack, "bold").append(f"   {cost.title}; {heading([cost])}", "default"))
        out.print()
        _bar(out, cost)
        out.print()
        _columns(out, "")
        unpriced = any(part.usd is None for part in cost.machine)
        if cost.machine:
            mark = marks(unverified=any(part.unverified for part in cost.machine), unknown=unpriced)
            _row(out, "machine, split among its groups", total(cost.machine), mark, "bold")
            _parts(out, cost.machine)
        for group in cost.groups:
            _row(out, group.name, group.usd, marks(unverified=group.unverified, unknown=group.unknown or unpriced))
            if group.share_how:
                line(out, 4, group.share_how)
            _parts(out, group.own)
        _parts(out, cost.extra, "")
        _row(out, "total", cost.usd, _marks(cost), "bold")
        out.print()
        _notes(out, cost)


def show_fleet(out: Console, costs: Sequence[StackCost]) -> None:
    """Prints one row per stack, and the total."""
    with trimmed(out):
        out.print(Text("fleet", "bold").append(f"   {len(costs)} stacks; {heading(costs)}" if costs else ""))
        out.print()
        _columns(out, "stack")
        for cost in costs:
            _row(out, cost.stack, cost.usd, _marks(cost))
            if cost.budget_usd:
                line(out, 4, _budget(cost))
            for part in cost.unknown:
                line(out, 4, f"{part.name}: {part.how}")
        shown = marks(unverified=any(c.unverified for c in costs), unknown=any(c.unknown for c in costs))
        _row(out, "total", fleet_total(costs), shown, "bold")
        out.print()
        for note in (*legend(shown), "fleet cost <stack> shows the arithmetic and assumptions of each figure"):
            line(out, 0, note)


def _bar(out: Console, cost: StackCost) -> None:
    """Cost at idle and what load adds, against the budget; without one, against the maximum."""
    usd = cost.usd
    scale = max(cost.budget_usd or usd.maximum, usd.expected)
    idle, load, rest = (round(100 * x) for x in (usd.idle, usd.expected - usd.idle, scale - usd.expected))
    parts = [*bar.shares([("idle", max(idle, 0)), ("load", max(load, 0))]), bar.free(rest)]
    mark = _UNKNOWN if cost.unknown else ""
    of = f"budget {money(cost.budget_usd)}" if cost.budget_usd else f"maximum {figure(usd.maximum, mark)}"
    bar_row(out, "cost", parts, f"expected {figure(usd.expected, mark)}, {of}")
    names = ("idle", "added by load", "left of the budget" if cost.budget_usd else "up to the maximum")
    text = Text("  ").join(
        Text.assemble(bar.bar([part], 1, ascii_only=ascii_only(out)), f" {name} {money(part.mib / 100)}")
        for part, name in zip(parts, names, strict=True)
        if part.mib
    )
    labelled(out, "", text)


def _columns(out: Console, first: str) -> None:
    headings = "".join(f"{load:>{_COLUMN}}" for load in ("idle", "expected", "maximum"))
    out.print(Text(f"{first:<{_name_width(out)}}{headings}"))


def _parts(out: Console, parts: Sequence[Part], indent: str = "  ") -> None:
    for part in parts:
        _row(out, f"{indent}{part.name}", part.usd, marks(unverified=part.unverified, unknown=False))
        line(out, 4, part.how)


def _row(out: Console, name: str, usd: Amounts | None, mark: str = "", style: str = "") -> None:
    cells = [figure(x, mark) for x in (usd.idle, usd.expected, usd.maximum)] if usd else ["unknown"] * 3
    figures, width = "".join(f"{cell:>{_COLUMN}}" for cell in cells), _name_width(out)
    text = f"{name:<{width}}{figures}" if len(name) < width else f"{name}\n{'':<{width}}{figures}"
    out.print(Text(text, style))


def _name_width(out: Console) -> int:
    # On a wide screen the figures stay close to the names.
    return min(out.width, 100) - 3 * _COLUMN


def _notes(out: Console, cost: StackCost) -> None:
    if cost.budget_usd:
        line(out, 0, f"budget: {_budget(cost)}")
    line(out, 0, f"per inference: {_inference(cost)}")
    if cost.break_even:
        line(out, 0, f"break-even: {_break_even(cost.break_even)}")
    line(out, 0, "assumptions:")
    for assumption in cost.assumptions:
        line(out, 2, assumption)
    for note in legend(_marks(cost)):
        line(out, 0, note)


def _marks(cost: StackCost) -> str:
    return marks(unverified=cost.unverified, unknown=bool(cost.unknown))


def _budget(cost: StackCost) -> str:
    budget = cost.budget_usd or 0
    expected, maximum = (round(budget - usd, 2) for usd in (cost.usd.expected, cost.usd.maximum))
    at_expected = f"{money(expected)} left of" if expected >= 0 else f"{money(-expected)} OVER the budget of"
    at_maximum = "" if maximum >= 0 else f"; {money(-maximum)} over at maximum load"
    return f"{at_expected} {money(budget)} at expected load{at_maximum}"


def _inference(cost: StackCost) -> str:
    if cost.inference_usd is None:
        return "none expected: no group calls a model or has a GPU"
    if cost.unknown and not round(cost.usd.expected, 2):
        return "unknown: nothing of the stack is priced"
    infrastructure = cost.usd.idle - cost.management_usd
    scaling = cost.usd.expected - cost.usd.idle
    return (
        f"{price(cost.inference_usd)} = (infrastructure {money(infrastructure)} + management "
        f"{money(cost.management_usd)} + scaling {money(scaling)}) / {plain(cost.inferences)} a month"
    )


def _break_even(even: BreakEven) -> str:
    mark = _UNVERIFIED if even.unverified else ""
    home = f"{money(even.fixed_usd)} a month + {price(round(even.home_usd, 4))} an hour of load"
    cloud = f"{price(round(even.cloud_usd, 4))}{mark} an hour on the smallest Cloud Run instance with an L4"
    if even.hours is None:
        return f"never within a month: {home} here, {cloud}"
    sides = f"{money(even.fixed_usd)} / ({even.cloud_usd:.4f} - {even.home_usd:.4f})"
    return f"cheaper here from {plain(even.hours)} hours of load a month = {sides}: {home} here, {cloud}"

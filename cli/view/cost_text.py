"""Costs as text: a bar against the budget, then every figure with its arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from cli.terminal import trimmed
from cli.view import bar
from cli.view.rows import ascii_only, bar_row, indented
from fleet.cost import Amounts, GroupCost, Part, StackCost
from fleet.cost.figures import BreakEven, fleet_total, plain, price
from fleet.cost.prices import PRICES
from fleet.text import money

_COLUMN = 13
_UNVERIFIED, _UNKNOWN = "*", "+"


def show_stack(out: Console, cost: StackCost) -> None:
    """Prints the costs of one stack, by group."""
    with trimmed(out):
        out.print(Text(cost.stack, "bold").append(f"   {cost.title}; {_heading(cost)}", "default"))
        out.print()
        _bar(out, cost)
        out.print()
        _columns(out, "")
        if cost.machine:
            machine = _Sum(cost.machine)
            _row(out, "machine, split among its groups", machine.usd, machine.marks, "bold")
            for part in cost.machine:
                _part(out, part)
        for group in cost.groups:
            _group(out, group, shares_unknown=any(part.usd is None for part in cost.machine))
        for part in cost.extra:
            _part(out, part, indent=0)
        _row(out, "total", cost.usd, _marks(cost.unverified, bool(cost.unknown)), "bold")
        out.print()
        _below(out, cost)


def show_fleet(out: Console, costs: Sequence[StackCost]) -> None:
    """Prints one row per stack, and the total."""
    with trimmed(out):
        out.print(Text("fleet", "bold").append(f"   {len(costs)} stacks; {_heading(costs[0])}" if costs else ""))
        out.print()
        _columns(out, "stack")
        for cost in costs:
            _row(out, cost.stack, cost.usd, _marks(cost.unverified, bool(cost.unknown)))
            labels = [_budget(cost)] if cost.budget_usd else []
            for line in (*labels, *(f"{part.name}: {part.how}" for part in cost.unknown)):
                _how(out, line)
        unverified, unknown = any(c.unverified for c in costs), any(c.unknown for c in costs)
        _row(out, "total", fleet_total(costs), _marks(unverified, unknown), "bold")
        out.print()
        _legend(out, unverified=unverified, unknown=unknown)
        out.print("fleet cost <stack> shows the arithmetic and assumptions of each figure")


def _heading(cost: StackCost) -> str:
    return f"US dollars a month of 730 h, prices of {cost.as_of}"


def _bar(out: Console, cost: StackCost) -> None:
    """Cost at idle and what load adds, against the budget; without one, against the maximum."""
    usd = cost.usd
    scale = max(cost.budget_usd or usd.maximum, usd.expected)
    idle, work, rest = (round(100 * x) for x in (usd.idle, usd.expected - usd.idle, scale - usd.expected))
    parts = [*bar.shares([("idle", max(idle, 0)), ("load", max(work, 0))]), bar.free(rest)]
    of = f"budget {money(cost.budget_usd)}" if cost.budget_usd else f"maximum {money(usd.maximum)}"
    bar_row(out, "cost", parts, f"expected {money(usd.expected)}, {of}")
    left = "left of the budget" if cost.budget_usd else "up to the maximum"
    words = [(parts[0], "idle"), (parts[1], "added by load"), (parts[2], left)]
    text = Text("  ").join(
        Text.assemble(bar.bar([part], 1, ascii_only=ascii_only(out)), f" {word} {money(part.mib / 100)}")
        for part, word in words
        if part.mib
    )
    indented(out, text)


def _columns(out: Console, first: str) -> None:
    headings = "".join(f"{heading:>{_COLUMN}}" for heading in ("idle", "expected", "maximum"))
    out.print(Text(f"{first:<{_room(out)}}{headings}"))


def _group(out: Console, group: GroupCost, *, shares_unknown: bool) -> None:
    _row(out, group.name, group.usd, _marks(group.unverified, group.unknown or shares_unknown))
    if group.share_how:
        _how(out, group.share_how)
    for part in group.own:
        _part(out, part)


def _part(out: Console, part: Part, indent: int = 2) -> None:
    _row(out, f"{' ' * indent}{part.name}", part.usd, _marks(part.unverified, False))
    _how(out, part.how)


def _row(out: Console, name: str, usd: Amounts | None, marks: str = "", style: str = "") -> None:
    if usd is None:
        figures = f"{'unknown':>{_COLUMN}}" * 3
    else:
        figures = "".join(f"{money(x) + marks:>{_COLUMN}}" for x in (usd.idle, usd.expected, usd.maximum))
    room = _room(out)
    line = f"{name:<{room}}{figures}" if len(name) < room else f"{name}\n{'':<{room}}{figures}"
    out.print(Text(line, style))


def _how(out: Console, words: str) -> None:
    out.print(Padding(Text(words), (0, 0, 0, 4)))


def _room(out: Console) -> int:
    """Columns for names: figures stay close to them on a wide screen."""
    return min(out.width, 100) - 3 * _COLUMN


class _Sum:
    """Several parts as one row."""

    def __init__(self, parts: Iterable[Part]) -> None:
        known = list(parts)
        self.usd = Amounts()
        for part in known:
            self.usd += part.usd or Amounts()
        self.marks = _marks(any(part.unverified for part in known), any(part.usd is None for part in known))


def _below(out: Console, cost: StackCost) -> None:
    if cost.budget_usd:
        out.print(Text(f"budget: {_budget(cost)}"))
    out.print(Text(f"per inference: {_inference(cost)}"))
    if cost.break_even:
        out.print(Text(f"break-even: {_break_even(cost.break_even)}"))
    out.print("assumptions:")
    for assumption in cost.assumptions:
        out.print(Padding(Text(assumption), (0, 0, 0, 2)))
    _legend(out, unverified=cost.unverified, unknown=bool(cost.unknown))


def _budget(cost: StackCost) -> str:
    budget = cost.budget_usd or 0
    expected, maximum = (round(budget - usd, 2) for usd in (cost.usd.expected, cost.usd.maximum))
    at_expected = f"{money(expected)} left of" if expected >= 0 else f"{money(-expected)} OVER the budget of"
    at_maximum = "" if maximum >= 0 else f"; {money(-maximum)} over at maximum load"
    return f"{at_expected} {money(budget)} at expected load{at_maximum}"


def _inference(cost: StackCost) -> str:
    if cost.inference_usd is None:
        return "none expected: no group calls a model or has a GPU"
    management = cost.management_usd
    infrastructure = cost.usd.idle - management
    scaling = cost.usd.expected - cost.usd.idle
    return (
        f"{price(cost.inference_usd)} = (infrastructure {money(infrastructure)} + management {money(management)} "
        f"+ scaling {money(scaling)}) / {plain(cost.inferences)} a month"
    )


def _break_even(even: BreakEven) -> str:
    mark = _UNVERIFIED if even.unverified else ""
    home = f"{money(even.fixed_usd)} a month + {price(round(even.home_usd, 4))} an hour of load"
    cloud = f"{price(round(even.cloud_usd, 4))}{mark} an hour on the smallest Cloud Run instance with an L4"
    if even.hours is None:
        return f"never within a month: {home} here, {cloud}"
    sides = f"{money(even.fixed_usd)} / ({even.cloud_usd:.4f} - {even.home_usd:.4f})"
    return f"cheaper here from {plain(even.hours)} hours of load a month = {sides}: {home} here, {cloud}"


def _legend(out: Console, *, unverified: bool, unknown: bool) -> None:
    if unverified:
        out.print(Text(f"{_UNVERIFIED} uses a price not verified on its vendor's page; see {PRICES}"))
    if unknown:
        out.print(Text(f"{_UNKNOWN} excludes unpriced items"))


def _marks(unverified: bool, unknown: bool) -> str:
    return (_UNVERIFIED if unverified else "") + (_UNKNOWN if unknown else "")

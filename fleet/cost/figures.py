"""Figures of a month: amounts at three loads, what they are made of, and how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

HOURS_PER_MONTH = 730.0
"""365 days of 24 hours, over 12 months."""

DAYS_PER_MONTH = HOURS_PER_MONTH / 24


@dataclass(frozen=True, slots=True)
class Amounts:
    """One figure at three loads: with nothing to do, as expected, and with everything running all the time."""

    idle: float = 0.0
    expected: float = 0.0
    maximum: float = 0.0

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(self.idle + other.idle, self.expected + other.expected, self.maximum + other.maximum)

    def __mul__(self, factor: float) -> Amounts:
        return Amounts(self.idle * factor, self.expected * factor, self.maximum * factor)

    def at_most(self, limit: float) -> Amounts:
        """Each figure, or the limit where that is less."""
        return Amounts(min(self.idle, limit), min(self.expected, limit), min(self.maximum, limit))


@dataclass(frozen=True, slots=True)
class Part:
    """What one thing costs a month.

    usd: None where its price is not known; `how` then says what is missing and what to do.
    """

    name: str
    usd: Amounts | None
    how: str
    unverified: bool = False
    """Made with a price that was not read on its vendor's page."""


@dataclass(frozen=True, slots=True)
class GroupCost:
    """What a group costs: what is its own, and its share of what the machine costs as a whole."""

    name: str
    own: tuple[Part, ...]
    share: float
    """Of the machine's parts: 0 to 1."""
    share_how: str
    usd: Amounts
    """Both together, without what is not known."""
    inferences: float
    """Expected in a month."""

    @property
    def unknown(self) -> bool:
        """Whether a price is missing."""
        return any(part.usd is None for part in self.own)

    @property
    def unverified(self) -> bool:
        """Whether a figure is made with a price that was not verified."""
        return any(part.unverified for part in self.own)


@dataclass(frozen=True, slots=True)
class BreakEven:
    """From how many busy hours a month a GPU at home is cheaper than one in the cloud.

    fixed_usd: a month at home without work; home_usd, cloud_usd: each busy hour; hours: None where it never is.
    """

    fixed_usd: float
    home_usd: float
    cloud_usd: float
    hours: float | None
    unverified: bool


@dataclass(frozen=True, slots=True)
class StackCost:
    """What a stack costs a month."""

    stack: str
    title: str
    machine: tuple[Part, ...]
    """Of the machine as a whole; split among the groups."""
    groups: tuple[GroupCost, ...]
    beside: tuple[Part, ...]
    """What belongs to no group: a free allowance, management."""
    budget_usd: float | None
    assumptions: tuple[str, ...]
    break_even: BreakEven | None
    as_of: str

    @property
    def parts(self) -> tuple[Part, ...]:
        """Everything it is made of."""
        return (*self.machine, *(part for group in self.groups for part in group.own), *self.beside)

    @property
    def usd(self) -> Amounts:
        """The sum of what is known."""
        return total(self.parts)

    @property
    def unknown(self) -> tuple[Part, ...]:
        """What no price is known of: the sum is at least what it says."""
        return tuple(part for part in self.parts if part.usd is None)

    @property
    def unverified(self) -> bool:
        """Whether the sum is made with a price that was not verified."""
        return any(part.unverified for part in self.parts)

    @property
    def inferences(self) -> float:
        """Expected in a month."""
        return sum(group.inferences for group in self.groups)

    @property
    def management_usd(self) -> float:
        """What looking after it costs, of `usd`."""
        return total(part for part in self.beside if part.name == MANAGEMENT).expected

    @property
    def inference_usd(self) -> float | None:
        """(infrastructure + management + scaling) / inferences; None where none is expected."""
        return self.usd.expected / self.inferences if self.inferences else None


MANAGEMENT = "management"


def total(parts: Iterable[Part]) -> Amounts:
    """The sum of what is known."""
    found = Amounts()
    for part in parts:
        found += part.usd or Amounts()
    return found


def at_three(amounts: Amounts, unit: str) -> str:
    """`0 | 243.3 | 730 h`: a quantity at idle, expected and maximum load."""
    figures = " | ".join(plain(value) for value in (amounts.idle, amounts.expected, amounts.maximum))
    return f"{figures} {unit}".rstrip()


def plain(value: float) -> str:
    """A quantity with one decimal at the most, in groups of three digits; below 1, with three that count."""
    if 0 < value < 1:
        return f"{value:.3g}"
    rounded = f"{value:,.1f}".removesuffix(".0") if value < 1e9 else f"{value:.3g}"
    return rounded.replace(",", " ")


def price(usd: float) -> str:
    """`$0.0648`: at least two decimals, and as many as a small price needs."""
    text = f"{usd:.10f}".rstrip("0")
    whole, _, decimals = text.partition(".")
    return f"${whole}.{_significant(decimals, whole != '0'):0<2}"


def _significant(decimals: str, has_whole: bool) -> str:
    leading = len(decimals) - len(decimals.lstrip("0"))
    return decimals[: 4 if has_whole else max(4, leading + 3)].rstrip("0")


def instances_for(at_a_time: float, concurrency: int, most: int) -> int:
    """Instances that so many requests at a time need: at least one while there are any, never more than the most."""
    # Rounded: 0.1 * 30 is a little more than 3 to a computer, and no reason for another instance.
    return min(most, ceil(round(at_a_time / concurrency, 9))) if at_a_time > 0 else 0


def fleet_total(costs: Iterable[StackCost]) -> Amounts:
    """The sum of several stacks, without what is not known."""
    return total(part for cost in costs for part in cost.parts)

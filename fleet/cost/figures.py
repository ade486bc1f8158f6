"""Monthly costs at three loads, and their parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from fleet.text import thousands

HOURS_PER_MONTH = 730.0
"""365 days of 24 hours, over 12 months."""

DAYS_PER_MONTH = HOURS_PER_MONTH / 24


@dataclass(frozen=True, slots=True)
class Amounts:
    """One figure at three loads: idle, expected, and everything running all the time."""

    idle: float = 0.0
    expected: float = 0.0
    maximum: float = 0.0

    @classmethod
    def constant(cls, amount: float) -> Amounts:
        """The same at every load."""
        return cls(amount, amount, amount)

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(self.idle + other.idle, self.expected + other.expected, self.maximum + other.maximum)

    def __mul__(self, factor: float) -> Amounts:
        return Amounts(self.idle * factor, self.expected * factor, self.maximum * factor)

    def at_most(self, limit: float) -> Amounts:
        """Each figure, capped at the limit."""
        return Amounts(min(self.idle, limit), min(self.expected, limit), min(self.maximum, limit))


@dataclass(frozen=True, slots=True)
class Part:
    """One item of a monthly cost; `usd` is None if its price is unknown, and `how` then has the fix."""

    name: str
    usd: Amounts | None
    how: str
    unverified: bool = False
    """Whether its price was not verified on the vendor's page."""


@dataclass(frozen=True, slots=True)
class GroupCost:
    """A group's own costs, and its share of the machine's."""

    name: str
    own: tuple[Part, ...]
    share: float
    """Of the machine's parts: 0 to 1."""
    share_how: str
    usd: Amounts
    """Sum of both, without unpriced items."""
    inferences: float
    """Expected per month."""

    @property
    def unknown(self) -> bool:
        return any(part.usd is None for part in self.own)

    @property
    def unverified(self) -> bool:
        return any(part.unverified for part in self.own)


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Busy hours a month above which a GPU at home is cheaper than one in the cloud; None if it never is.

    fixed_usd: an idle month at home; home_usd, cloud_usd: per busy hour.
    """

    fixed_usd: float
    home_usd: float
    cloud_usd: float
    hours: float | None
    unverified: bool


@dataclass(frozen=True, slots=True)
class StackCost:
    """Monthly cost of a stack."""

    stack: str
    title: str
    machine: tuple[Part, ...]
    """Split among the groups."""
    groups: tuple[GroupCost, ...]
    extra: tuple[Part, ...]
    """Not part of any group: a free allowance, management."""
    budget_usd: float | None
    assumptions: tuple[str, ...]
    break_even: BreakEven | None
    as_of: str

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*self.machine, *(part for group in self.groups for part in group.own), *self.extra)

    @property
    def usd(self) -> Amounts:
        """Without unpriced items."""
        return total(self.parts)

    @property
    def unknown(self) -> tuple[Part, ...]:
        """Unpriced items, which `usd` leaves out."""
        return tuple(part for part in self.parts if part.usd is None)

    @property
    def unverified(self) -> bool:
        return any(part.unverified for part in self.parts)

    @property
    def inferences(self) -> float:
        """Expected per month."""
        return sum(group.inferences for group in self.groups)

    @property
    def management_usd(self) -> float:
        """Included in `usd`."""
        return total(part for part in self.extra if part.name == MANAGEMENT).expected

    @property
    def inference_usd(self) -> float | None:
        """(infrastructure + management + scaling) / inferences; None if none are expected."""
        return self.usd.expected / self.inferences if self.inferences else None


MANAGEMENT = "management"


def total(parts: Iterable[Part]) -> Amounts:
    """Their sum, without unpriced items."""
    return sum((part.usd for part in parts if part.usd), Amounts())


def at_three(amounts: Amounts, unit: str) -> str:
    """`0 | 243.3 | 730 h`: a quantity at idle, expected and maximum load."""
    figures = " | ".join(plain(value) for value in (amounts.idle, amounts.expected, amounts.maximum))
    return f"{figures} {unit}".rstrip()


def plain(value: float) -> str:
    """A quantity with at most one decimal, in groups of three digits; below 1, with three significant digits."""
    if 0 < value < 1:
        return f"{value:.3g}"
    rounded = f"{value:,.1f}".removesuffix(".0") if value < 1e9 else f"{value:.3g}"
    return rounded.replace(",", " ")


def price(usd: float) -> str:
    """`$0.0648`: at least two decimals, and more for a small price."""
    whole, _, decimals = f"{usd:.10f}".rstrip("0").partition(".")
    leading = len(decimals) - len(decimals.lstrip("0"))
    shown = decimals[: max(4, leading + 3) if whole == "0" else 4].rstrip("0")
    return f"${thousands(int(whole))}.{shown:0<2}"


def instances_for(at_a_time: float, concurrency: int, most: int) -> int:
    """Instances for a number of concurrent requests: at least one if there are any, at most `most`."""
    # Rounded, because 0.1 * 30 is slightly above 3 in floating point.
    return min(most, ceil(round(at_a_time / concurrency, 9))) if at_a_time > 0 else 0


def fleet_total(costs: Iterable[StackCost]) -> Amounts:
    """The sum of several stacks, without unpriced items."""
    return total(part for cost in costs for part in cost.parts)

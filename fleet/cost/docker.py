"""Cost of a machine at home: electricity and wear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fleet.cost.figures import DAYS_PER_MONTH, HOURS_PER_MONTH, Amounts, Part, at_three, price
from fleet.cost.target import TargetCosts
from fleet.model import ContainerGroup, Machine, Power


class _Docker(TargetCosts):
    def machine(self, machine: Machine, groups: Sequence[ContainerGroup]) -> tuple[Part, ...]:
        if machine.power is None:
            return (Part("electricity", None, "no power or tariff is stated; set machine.power"),)
        return tuple(own_parts(machine.power, busy_hours(groups)))


COSTS = _Docker()


def busy_hours(groups: Iterable[ContainerGroup]) -> float:
    """Busy hours a month: those of the busiest group, since groups are used at the same hours."""
    return max((group.load.busy_hours_per_day for group in groups), default=0.0) * DAYS_PER_MONTH


def own_parts(power: Power, busy: float) -> Iterator[Part]:
    hours = Amounts(0, busy, HOURS_PER_MONTH)
    added = power.load_watts - power.idle_watts
    kwh = Amounts.constant(power.idle_watts * HOURS_PER_MONTH / 1000) + hours * (added / 1000)
    consumption = f"{power.idle_watts:g} W x 730 h + {added:g} W x {at_three(hours, 'busy h')}"
    how = f"({consumption}) x {price(power.tariff_usd_per_kwh)} per kWh"
    yield Part("electricity", kwh * power.tariff_usd_per_kwh, how)
    if power.price_usd:
        monthly = Amounts.constant(power.price_usd / (power.years * 12))
        yield Part("wear", monthly, f"{price(power.price_usd)} over {power.years:g} x 12 months")

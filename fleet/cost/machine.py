"""Cost of a machine: electricity and wear at home, or a cluster's nodes; and the break-even of a GPU."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fleet.cloudrun_limits import card_named
from fleet.cost.figures import DAYS_PER_MONTH, HOURS_PER_MONTH, Amounts, BreakEven, Part, at_three, price
from fleet.cost.prices import Prices
from fleet.model import Cluster, ContainerGroup, Machine, Power
from fleet.model.cloud import CloudGpu
from fleet.text import plural

_PER_HOUR = 3600


def machine_parts(machine: Machine, groups: Iterable[ContainerGroup]) -> tuple[Part, ...]:
    """Parts of a home machine or a cluster; none for a cloud, which bills per group."""
    if machine.cloud is not None:
        return ()
    if machine.cluster is not None:
        return tuple(_pools(machine.cluster))
    if machine.power is None:
        return (Part("electricity", None, "no power or tariff is stated; set machine.power"),)
    return tuple(_own(machine.power, busy_hours(groups)))


def busy_hours(groups: Iterable[ContainerGroup]) -> float:
    """Busy hours a month: those of the busiest group, since groups are used at the same hours."""
    return max((group.load.busy_hours_per_day for group in groups), default=0.0) * DAYS_PER_MONTH


def _own(power: Power, busy: float) -> Iterator[Part]:
    hours = Amounts(0, busy, HOURS_PER_MONTH)
    added = power.load_watts - power.idle_watts
    kwh = Amounts.constant(power.idle_watts * HOURS_PER_MONTH / 1000) + hours * (added / 1000)
    consumption = f"{power.idle_watts:g} W x 730 h + {added:g} W x {at_three(hours, 'busy h')}"
    how = f"({consumption}) x {price(power.tariff_usd_per_kwh)} per kWh"
    yield Part("electricity", kwh * power.tariff_usd_per_kwh, how)
    if power.price_usd:
        monthly = Amounts.constant(power.price_usd / (power.years * 12))
        yield Part("wear", monthly, f"{price(power.price_usd)} over {power.years:g} x 12 months")


def _pools(cluster: Cluster) -> Iterator[Part]:
    for name, pool in cluster.node_pools.items():
        nodes = plural(pool.nodes, "node")
        if pool.usd_per_hour is None:
            path = f"machine.cluster.node_pools.{name}.usd_per_hour"
            yield Part(f"pool {name}", None, f"no price for its {nodes} is known; set {path}")
            continue
        monthly = Amounts.constant(pool.nodes * pool.usd_per_hour * HOURS_PER_MONTH)
        yield Part(f"pool {name}", monthly, f"{nodes} x {price(pool.usd_per_hour)} per hour x 730 h, at any load")


def break_even(machine: Machine, prices: Prices) -> BreakEven | None:
    """A home machine's GPU against the smallest Cloud Run instance with an L4, which is free while idle.

    None without a GPU at home, or if a price is missing.
    """
    run, power = prices.cloud_run, machine.power
    card, least = run.gpu_hour.get(str(CloudGpu.L4)), card_named(str(CloudGpu.L4))
    if not machine.gpus or power is None or card is None or card.usd is None or least is None:
        return None
    vcpus, gib = least.cpu_min / 1000, least.memory_min / 1024
    cloud = (vcpus * run.instance_vcpu_second.usd + gib * run.instance_gib_second.usd) * _PER_HOUR + card.usd
    fixed = sum(part.usd.idle for part in _own(power, 0) if part.usd)
    home = (power.load_watts - power.idle_watts) / 1000 * power.tariff_usd_per_kwh
    hours = fixed / (cloud - home) if cloud > home and fixed / (cloud - home) <= HOURS_PER_MONTH else None
    verified = card.verified and run.instance_vcpu_second.verified and run.instance_gib_second.verified
    return BreakEven(fixed, home, cloud, hours, not verified)

"""What a machine costs as a whole: a home machine's electricity and wear, a cluster's nodes; and a GPU's break-even."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fleet.cost.figures import DAYS_PER_MONTH, HOURS_PER_MONTH, Amounts, BreakEven, Part, plain, price
from fleet.cost.prices import Prices
from fleet.model import Cluster, ContainerGroup, Machine, Power
from fleet.model.cloud import CloudGpu
from fleet.targets.cloudrun.limits import card_named

_PER_HOUR = 3600


def machine_parts(machine: Machine, groups: Iterable[ContainerGroup]) -> tuple[Part, ...]:
    """A home machine's or a cluster's parts; a cloud has none: it bills by group."""
    if machine.cloud is not None:
        return ()
    if machine.cluster is not None:
        return tuple(_pools(machine.cluster))
    if machine.power is None:
        return (Part("electricity", None, "no watts, no tariff stated; set machine.power"),)
    return tuple(_own(machine.power, busy_hours(groups)))


def busy_hours(groups: Iterable[ContainerGroup]) -> float:
    """Hours a month in which a machine works: its busiest group's, since groups are used at the same hours."""
    return max((group.load.busy_hours_per_day for group in groups), default=0.0) * DAYS_PER_MONTH


def _own(power: Power, busy: float) -> Iterator[Part]:
    hours = Amounts(0, busy, HOURS_PER_MONTH)
    added = power.load_watts - power.idle_watts
    kwh = Amounts(*[power.idle_watts * HOURS_PER_MONTH / 1000] * 3) + hours * (added / 1000)
    worked = " | ".join(plain(value) for value in (hours.idle, hours.expected, hours.maximum))
    how = (
        f"({power.idle_watts:g} W x 730 h + {added:g} W x {worked} h of work) x {price(power.tariff_usd_per_kwh)} a kWh"
    )
    yield Part("electricity", kwh * power.tariff_usd_per_kwh, how)
    if power.price_usd:
        monthly = power.price_usd / (power.years * 12)
        yield Part(
            "wear", Amounts(monthly, monthly, monthly), f"{price(power.price_usd)} over {power.years:g} x 12 months"
        )


def _pools(cluster: Cluster) -> Iterator[Part]:
    for name, pool in cluster.node_pools.items():
        nodes = f"{pool.nodes} node{'s' if pool.nodes > 1 else ''}"
        if pool.usd_per_hour is None:
            path = f"machine.cluster.node_pools.{name}.usd_per_hour"
            yield Part(f"pool {name}", None, f"no price of its {nodes} is known; set {path}")
            continue
        monthly = pool.nodes * pool.usd_per_hour * HOURS_PER_MONTH
        how = f"{nodes} x {price(pool.usd_per_hour)} an hour x 730 h, whatever runs on them"
        yield Part(f"pool {name}", Amounts(monthly, monthly, monthly), how)


def break_even(machine: Machine, prices: Prices) -> BreakEven | None:
    """A home machine's GPU beside the smallest Cloud Run instance with an L4, which costs nothing between requests.

    None without a GPU at home, or without a figure on either side.
    """
    run, power = prices.cloud_run, machine.power
    card, least = run.gpu_hour.get(str(CloudGpu.L4)), card_named(str(CloudGpu.L4))
    if not machine.gpus or power is None or card is None or card.usd is None or least is None:
        return None
    vcpus, gib = least.cpu_min / 1000, least.memory_min / 1024
    cloud = (vcpus * run.instance_vcpu_second.usd + gib * run.instance_gib_second.usd) * _PER_HOUR + card.usd
    fixed = sum(part.usd.idle for part in _own(power, 0) if part.usd)
    home = (power.load_watts - power.idle_watts) / 1000 * power.tariff_usd_per_kwh
    hours = fixed / (cloud - home) if cloud > home else None
    verified = card.verified and run.instance_vcpu_second.verified and run.instance_gib_second.verified
    return BreakEven(
        fixed, home, cloud, hours if hours is not None and hours <= HOURS_PER_MONTH else None, not verified
    )

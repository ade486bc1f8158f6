"""Busy hours a month from which a GPU at home is cheaper than one in the cloud."""

from __future__ import annotations

from fleet.cost.cloudrun import smallest_gpu_hour
from fleet.cost.docker import own_parts
from fleet.cost.figures import HOURS_PER_MONTH, BreakEven
from fleet.cost.prices import Prices
from fleet.model import Machine


def break_even(machine: Machine, prices: Prices) -> BreakEven | None:
    """A home machine's GPU against the smallest Cloud Run instance with an L4, which is free while idle.

    None without a GPU at home, or if a price is missing.
    """
    power, instance = machine.power, smallest_gpu_hour(prices.cloud_run)
    if not machine.gpus or power is None or instance is None:
        return None
    cloud, verified = instance
    fixed = sum(part.usd.idle for part in own_parts(power, 0) if part.usd)
    home = (power.load_watts - power.idle_watts) / 1000 * power.tariff_usd_per_kwh
    hours = fixed / (cloud - home) if cloud > home and fixed / (cloud - home) <= HOURS_PER_MONTH else None
    return BreakEven(fixed, home, cloud, hours, not verified)

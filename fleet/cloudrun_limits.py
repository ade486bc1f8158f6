"""Limits of Cloud Run from `fleet/data/cloudrun-limits.yaml`, shared by validation and policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from fleet.frozen import dataclass
from fleet.text import thousands

FILE = Path(__file__).parent / "data" / "cloudrun-limits.yaml"
"""The figures, each with its source."""

ONE_CPU = 1000
"""Millicores; smaller instances have their own limits."""

PROBE_PERIOD_S = 10
"""Period that we set for startup and readiness probes; none may last longer."""

# Plain classes, not models: the policy pack reads this too, and models take long to import.


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A GPU model: its memory, and the CPU and memory of an instance with one; None for an unknown maximum."""

    gpu_memory: int
    cpu_min: int
    cpu_max: int | None = None
    memory_min: int
    memory_max: int | None = None
    regions: tuple[str, ...]
    regions_by_invitation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """CPU in millicores, memory in MiB, times in seconds, lengths in bytes."""

    cpu_fraction_min: int
    cpu_steps: tuple[int, ...]
    concurrency_below_one_cpu: int
    memory_min_below_one_cpu: int
    memory_min: int
    memory_min_by_cpu: Mapping[int, int]
    memory_max_by_cpu: Mapping[int, int]
    gpus: Mapping[str, Card]
    gpus_per_instance: int
    regions: tuple[str, ...]
    concurrency_max: int
    timeout_max: int
    task_timeout_max: int
    env_value_max: int
    name_length_max: int
    reserved_variables: tuple[str, ...]
    reserved_prefixes: tuple[str, ...]
    registry_hosts: tuple[str, ...]
    registry_multi_regions: tuple[str, ...]
    services_per_region: int
    tags_max: int
    startup_max: int
    liveness_period_max: int
    stop_grace: int

    def nearest_cpu(self, millicores: int, card: Card | None = None) -> int:
        """The valid amount of CPU nearest to `millicores`; the larger of two."""
        if card and card.cpu_max is None:
            return max(card.cpu_min, -(-millicores // ONE_CPU) * ONE_CPU)
        if card is None and millicores <= ONE_CPU:
            return max(millicores, self.cpu_fraction_min)
        steps = [step for step in self.cpu_steps if card is None or step >= card.cpu_min]
        return min(steps, key=lambda step: (abs(step - millicores), -step))

    def memory_range(self, millicores: int, card: Card | None = None) -> tuple[int, int | None]:
        """Minimum and maximum memory of an instance with this much CPU; None for an unknown maximum."""
        if card and card.memory_max is None:
            return card.memory_min, None
        least = self.memory_min_below_one_cpu if millicores < ONE_CPU else self.memory_min
        floor = _from(self.memory_min_by_cpu, millicores) or least
        most = _from(self.memory_max_by_cpu, millicores) or min(self.memory_max_by_cpu.values())
        return max(floor, card.memory_min if card else 0), most

    def cpu_for_memory(self, memory_mib: int) -> int | None:
        """The least CPU that allows this much memory; None if no amount does."""
        return min((cpu for cpu, most in self.memory_max_by_cpu.items() if most >= memory_mib), default=None)


def _from(figures: Mapping[int, int], millicores: int) -> int | None:
    """The figure of the largest step up to `millicores`."""
    return max(((cpu, value) for cpu, value in figures.items() if cpu <= millicores), default=(0, None))[1]


@cache
def limits() -> Limits:
    """The figures, read on first use."""
    from fleet.source.document import read_yaml

    entries = read_yaml(FILE)
    values: dict[str, Any] = {field.name: _frozen(entries[field.name]["value"]) for field in fields(Limits)}
    cards = {
        name: Card(**{key: _frozen(value) for key, value in card.items()}) for name, card in values["gpus"].items()
    }
    return Limits(**{**values, "gpus": cards})


def _frozen(value: Any) -> Any:
    """Lists as tuples, and keys of amounts as numbers: a key of YAML is text here."""
    if isinstance(value, dict):
        return {int(key) if key.isdecimal() else key: each for key, each in value.items()}
    return tuple(value) if isinstance(value, list) else value


def card_named(name: str | None) -> Card | None:
    """A GPU model by its name in Cloud Run; None for no name or an unknown one."""
    return limits().gpus.get(name) if name else None


def cpu_problem(millicores: int, card: Card | None = None) -> tuple[str, int] | None:
    """(problem with an amount of CPU, nearest valid amount); None if it is valid."""
    nearest = limits().nearest_cpu(millicores, card)
    if nearest == millicores:
        return None
    if card:
        most = "" if card.cpu_max is None else f", at most {cpus(card.cpu_max)}"
        choice = f"with this card (at least {cpus(card.cpu_min)}{most})"
    else:
        steps = ", ".join(cpus(step) for step in limits().cpu_steps)
        choice = f"({cpus(limits().cpu_fraction_min)} to {steps})"
    return f"{cpus(millicores)} CPUs are not available {choice}", nearest


def memory_problem(millicores: int, memory_mib: int, card: Card | None = None) -> tuple[str, int] | None:
    """(problem with memory for this much CPU, nearest valid amount); None if it is valid."""
    least, most = limits().memory_range(millicores, card)
    instance = f"{cpus(millicores)} CPU{'' if millicores == ONE_CPU else 's'}{' with this card' if card else ''}"
    if memory_mib < least:
        return f"{mebibytes(memory_mib)} are too little for {instance} (at least {mebibytes(least)})", least
    if most is not None and memory_mib > most:
        return f"{mebibytes(memory_mib)} are too much for {instance} (at most {mebibytes(most)})", most
    return None


def cpus(millicores: int) -> str:
    """Millicores as CPUs: `0.5`, `4`."""
    return f"{millicores / ONE_CPU:g}"


def mebibytes(mib: int) -> str:
    """`4 096 MiB`."""
    return f"{thousands(mib)} MiB"

"""What Cloud Run takes, as `fleet/data/cloudrun-limits.yaml` states it, and the legal value nearest to one that is not.

Files are judged by it before anything is planned, and the policies judge what was registered by the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from fleet.frozen import dataclass
from fleet.text import thousands

FILE = Path(__file__).parents[2] / "data" / "cloudrun-limits.yaml"
"""Where the figures stand, each with the page it was read on."""

ONE_CPU = 1000
"""Millicores below which other rules hold."""

# Plain classes, not models: the policy pack reads this too, and models take long to import.


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A kind of card: its own memory, CPU and memory of an instance that has one; no maximum where none is known."""

    gpu_memory: int
    cpu_min: int
    cpu_max: int | None = None
    memory_min: int
    memory_max: int | None = None
    regions: tuple[str, ...]
    regions_by_invitation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """All figures; CPU in millicores, memory in MiB, times in seconds, lengths in bytes."""

    cpu_fraction_min: int
    cpu_steps: tuple[int, ...]
    concurrency_below_one_cpu: int
    memory_min_below_one_cpu: int
    memory_min: int
    memory_min_by_cpu: Mapping[int, int]
    memory_max_by_cpu: Mapping[int, int]
    gpus: Mapping[str, Card]
    gpus_per_instance: int
    concurrency_max: int
    timeout_max: int
    task_timeout_max: int
    env_value_max: int
    name_length_max: int
    services_per_region: int
    tags_max: int
    startup_max: int
    stop_grace: int

    def nearest_cpu(self, millicores: int, card: Card | None = None) -> int:
        """The legal amount of CPU nearest to one; the larger of two that are as near."""
        if card and card.cpu_max is None:
            return max(card.cpu_min, -(-millicores // ONE_CPU) * ONE_CPU)
        steps = [step for step in self.cpu_steps if card is None or step >= card.cpu_min]
        if card is None and millicores <= ONE_CPU:
            return max(millicores, self.cpu_fraction_min)
        return min(steps, key=lambda step: (abs(step - millicores), -step))

    def memory_range(self, millicores: int, card: Card | None = None) -> tuple[int, int | None]:
        """The least and the most memory of an instance with so much CPU; no most where none is known."""
        if card and card.memory_max is None:
            return card.memory_min, None
        least = self.memory_min_below_one_cpu if millicores < ONE_CPU else self.memory_min
        floor = _from(self.memory_min_by_cpu, millicores) or least
        most = _from(self.memory_max_by_cpu, millicores) or min(self.memory_max_by_cpu.values())
        return max(floor, card.memory_min if card else 0), most

    def cpu_for_memory(self, memory_mib: int) -> int | None:
        """The least CPU that memory can go with; None for more than any."""
        return min((cpu for cpu, most in self.memory_max_by_cpu.items() if most >= memory_mib), default=None)


def _from(figures: Mapping[int, int], millicores: int) -> int | None:
    """What holds from so many millicores on."""
    return max(((cpu, value) for cpu, value in figures.items() if cpu <= millicores), default=(0, None))[1]


@cache
def limits() -> Limits:
    """The figures, read when they are first asked for."""
    from fleet.source.document import read_yaml

    entries = read_yaml(FILE)
    values: dict[str, Any] = {field.name: _frozen(entries[field.name]["value"]) for field in fields(Limits)}
    cards = {
        name: Card(**{key: _frozen(value) for key, value in card.items()}) for name, card in values["gpus"].items()
    }
    return Limits(**{**values, "gpus": cards})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def card_named(name: str | None) -> Card | None:
    """A kind of card by Cloud Run's word for it; None without one, and for one that is not known."""
    return limits().gpus.get(name) if name else None


def cpu_problem(millicores: int, card: Card | None = None) -> tuple[str, int] | None:
    """(what is wrong with an amount of CPU, the nearest that is right); None where nothing is."""
    nearest = limits().nearest_cpu(millicores, card)
    if nearest == millicores:
        return None
    steps = ", ".join(cpus(step) for step in limits().cpu_steps)
    least = cpus(limits().cpu_fraction_min)
    problem = f"{cpus(millicores)} CPUs cannot be had; there are {least} to 1, and {steps.removeprefix('1, ')}"
    if card:
        problem = f"{cpus(millicores)} CPUs cannot be had with this card, which takes {cpus(card.cpu_min)} at least"
        problem += "" if card.cpu_max is None else f" and {cpus(card.cpu_max)} at most"
    return problem, nearest


def memory_problem(millicores: int, memory_mib: int, card: Card | None = None) -> tuple[str, int] | None:
    """(what is wrong with memory beside so much CPU, the nearest amount that is right); None where nothing is."""
    least, most = limits().memory_range(millicores, card)
    beside = f"{cpus(millicores)} CPU{'' if millicores == ONE_CPU else 's'}{' and this card' if card else ''}"
    if memory_mib < least:
        return f"{mebibytes(memory_mib)} are too little beside {beside}; it takes {mebibytes(least)}", least
    if most is not None and memory_mib > most:
        return f"{mebibytes(memory_mib)} are too much beside {beside}, with {mebibytes(most)} at the most", most
    return None


def cpus(millicores: int) -> str:
    """Millicores as people write CPUs: `0.5`, `4`."""
    return f"{millicores / ONE_CPU:g}"


def mebibytes(mib: int) -> str:
    """A number of MiB as people read it: `4 096 MiB`."""
    return f"{thousands(mib)} MiB"

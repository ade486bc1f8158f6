"""A Docker machine, as the fleet asks of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.model import ContainerGroup, Fleet, GpuBudget, Stack
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.docker.capabilities import CAPABILITIES, UNRENDERED
from fleet.targets.docker.capacity import card_of, card_uses
from fleet.targets.docker.checks import check
from fleet.targets.docker.relocation import Relocation
from fleet.targets.features import Feature, Need
from fleet.targets.gpu_use import Card, CardUse


class Docker(Relocation):
    """One host with a Docker daemon, which schedules nothing: what runs on it must fit it."""

    capabilities = CAPABILITIES
    unrendered = UNRENDERED
    has_modes = True
    reached_by_port = True

    def check(self, fleet: Fleet, sources: Sources) -> Iterator[Fault]:
        return check(fleet, sources)

    def needs(self, group: ContainerGroup, stack: Stack, fleet: Fleet) -> Iterator[Need]:
        if stack.machine.ignores_memory_limits:
            for key in group.containers:
                yield Feature.MEMORY_LIMIT, f"containers.{key}.memory"

    def card(self, stack: Stack, group: str, budget: GpuBudget) -> Card | None:
        key = card_of(stack.machine, budget)
        return Card(key, stack.machine.gpus[key], budget.enforcement) if key else None

    def cards(self, stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[CardUse, ...]:
        return card_uses(stack, groups)

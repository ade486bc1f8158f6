"""Placement: which groups a machine suits, by what they need and what it has."""

from __future__ import annotations

from collections.abc import Iterable

from fleet.model import Arch, ContainerGroup, Machine


def suits(machine: Machine, group: ContainerGroup) -> bool:
    """Whether a machine has what a group needs, were it there alone: a card, memory and the right processor."""
    cards = [card.memory_mib for card in machine.cards.values()]
    budgets = [container.gpu for container in group.containers.values() if container.gpu]
    if any(budget.limit_mib > max(cards, default=0) for budget in budgets):
        return False
    if (group.machine_memory_above_mib or 0) >= machine.memory_mib:
        return False
    return _memory_mib(group) <= machine.memory_mib - machine.memory_reserve_mib and _runs_on(machine, group)


def suited(machine: Machine, groups: Iterable[ContainerGroup]) -> ContainerGroup | None:
    """The group of those given that makes most of a machine: its card first, then its memory; None where none fits."""
    fitting = [group for group in groups if suits(machine, group)]
    return max(fitting, key=_demand, default=None)


def _demand(group: ContainerGroup) -> tuple[bool, int, int, str]:
    wants_card = any(container.gpu for container in group.containers.values())
    return wants_card, group.machine_memory_above_mib or 0, _memory_mib(group), group.name


def _memory_mib(group: ContainerGroup) -> int:
    return sum(container.memory.request_mib for container in group.containers.values())


def _runs_on(machine: Machine, group: ContainerGroup) -> bool:
    archs = set(machine.archs)
    for container in group.containers.values():
        if container.image and not archs & set(container.image.platforms):
            return False
        if container.build and container.build.variant == "cuda" and Arch.AMD64 not in archs:
            return False
    return True

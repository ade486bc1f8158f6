"""Which groups fit a machine, by their requirements and its capacity."""

from __future__ import annotations

from collections.abc import Iterable

from fleet.model import Arch, ContainerGroup, GpuBudget, Machine, PoolGpu


def suits(machine: Machine, group: ContainerGroup) -> bool:
    """Whether a group fits an otherwise empty machine: GPU, memory and architecture."""
    if not all(_has_cards(machine, container.gpu) for container in group.containers.values() if container.gpu):
        return False
    if (group.machine_memory_above_mib or 0) >= machine.memory_mib:
        return False
    needed_mib = _memory_mib(group) + _unified_mib(machine, group)
    return needed_mib <= machine.memory_mib - machine.memory_reserve_mib and _runs_on(machine, group)


def suited(machine: Machine, groups: Iterable[ContainerGroup]) -> ContainerGroup | None:
    """The group that uses most of a machine, its GPU before its memory; None where none fits."""
    return max((group for group in groups if suits(machine, group)), key=_demand, default=None)


def _has_cards(machine: Machine, budget: GpuBudget) -> bool:
    large = [card for card in machine.cards.values() if card.memory_mib >= budget.limit_mib]
    most = max((card.per_node for card in large if isinstance(card, PoolGpu)), default=len(large))
    return most >= (budget.count or 1)


def _unified_mib(machine: Machine, group: ContainerGroup) -> int:
    """Main memory that a group's GPU requests take of a machine whose cards share it."""
    if not any(card.unified for card in machine.gpus.values()):
        return 0
    return sum(container.gpu.request_mib for container in group.containers.values() if container.gpu)


def _demand(group: ContainerGroup) -> tuple[bool, int, int, str]:
    needs_gpu = any(container.gpu for container in group.containers.values())
    return needs_gpu, group.machine_memory_above_mib or 0, _memory_mib(group), group.name


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

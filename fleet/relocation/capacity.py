"""Memory, CPUs and GPU memory of a moving group, on the old and the new machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.model import ContainerGroup, Fleet, GpuBudget, Stack
from fleet.relocation.row import NOTHING, Row
from fleet.targets.registry import target_of
from fleet.text import thousands


def room_rows(group: ContainerGroup, here: Stack | None, there: Stack, fleet: Fleet) -> Iterator[Row]:
    """Reservations of the group, and of all groups on both machines; `there` includes the group."""
    yield Row(
        "reserved",
        _reserved(here, [group]) if here else NOTHING,
        target_of(there).instance_text(there, group) or _reserved(there, [group]),
    )
    if here and not target_of(here).instance_text(here, group):
        groups = fleet.placed(here)
        yield Row(f"all of {here.name}", _of(here, groups), _of(here, [g for g in groups if g.name != group.name]))
    if not target_of(there).instance_text(there, group):
        groups = fleet.placed(there)
        yield Row(f"all of {there.name}", _of(there, [g for g in groups if g.name != group.name]), _of(there, groups))


def gpu_rows(group: ContainerGroup, here: Stack | None, there: Stack, fleet: Fleet) -> Iterator[Row]:
    """Each container's share of a card."""
    for key, container in sorted(group.containers.items()):
        if container.gpu:
            before = _card(here, group, container.gpu) if here else NOTHING
            left = target_of(there).card_left_text(there, container.gpu, fleet.placed(there))
            yield Row(key, before, _card(there, group, container.gpu), left if there.gives_gpus else "")


def _sums(stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[int, int]:
    """MiB and millicores that groups reserve, with the replicas that always run."""
    target = target_of(stack)
    runs = [(target.copies(g), target.reserved(stack, c)) for g in groups for c in g.containers.values()]
    memory = sum(copies * reserved.memory_request_mib for copies, reserved in runs)
    memory += sum(card.unified_mib for card in target.cards(stack, groups))
    return memory, sum(copies * reserved.cpu_request_millicores for copies, reserved in runs)


def _reserved(stack: Stack, groups: Sequence[ContainerGroup]) -> str:
    memory, millicores = _sums(stack, groups)
    replicas = target_of(stack).copies(groups[0])
    suffix = f", in {replicas} replicas" if replicas > 1 else ""
    return f"{thousands(memory)} MiB and {millicores / 1000:g} CPUs{suffix}"


def _of(stack: Stack, groups: Sequence[ContainerGroup]) -> str:
    memory, millicores = _sums(stack, groups)
    capacity = thousands(target_of(stack).capacity_mib(stack))
    return f"{thousands(memory)} of {capacity} MiB, {millicores / 1000:g} of {stack.machine.cpus} CPUs"


def _card(stack: Stack, group: ContainerGroup, budget: GpuBudget) -> str:
    if not stack.gives_gpus:
        return f"none: {stack.name} runs without GPUs"
    return target_of(stack).card_text(stack, group.name, budget)

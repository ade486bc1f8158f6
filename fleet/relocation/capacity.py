"""What a moving group takes of memory, processors and cards, on the machine it leaves and the one it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.model import ContainerGroup, Fleet, GpuBudget, Stack
from fleet.relocation.row import NOTHING, Row
from fleet.targets.registry import target_of
from fleet.text import thousands


def room_rows(group: ContainerGroup, here: Stack | None, there: Stack, fleet: Fleet) -> Iterator[Row]:
    """What it reserves, and what all groups reserve on both machines before and after; `there` has the group."""
    yield Row(
        "it reserves",
        _reserved(here, [group]) if here else NOTHING,
        target_of(there).instance_text(there, group) or _reserved(there, [group]),
    )
    if here and not target_of(here).instance_text(here, group):
        was = fleet.placed(here)
        left = [one for one in was if one.name != group.name]
        yield Row(f"all of {here.name}", _of(here, was), _of(here, left))
    if not target_of(there).instance_text(there, group):
        will = fleet.placed(there)
        yield Row(f"all of {there.name}", _of(there, [one for one in will if one.name != group.name]), _of(there, will))


def gpu_rows(group: ContainerGroup, here: Stack | None, there: Stack, fleet: Fleet) -> Iterator[Row]:
    """The part of a card that each container has."""
    for key, container in sorted(group.containers.items()):
        if container.gpu:
            before = _card(here, group, container.gpu) if here else NOTHING
            left = target_of(there).card_left_text(there, container.gpu, fleet.placed(there))
            yield Row(key, before, _card(there, group, container.gpu), left if there.gives_gpus else "")


def _sums(stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[int, int]:
    """MiB and millicores that groups reserve with the copies that always run."""
    target = target_of(stack)
    runs = [(target.copies(g), target.reserved(stack, c)) for g in groups for c in g.containers.values()]
    memory = sum(copies * reserved.memory_request_mib for copies, reserved in runs)
    return memory, sum(copies * reserved.cpu_request_millicores for copies, reserved in runs)


def _reserved(stack: Stack, groups: Sequence[ContainerGroup]) -> str:
    memory, millicores = _sums(stack, groups)
    number = target_of(stack).copies(groups[0])
    copies = f", in {number} copies" if number > 1 else ""
    return f"{thousands(memory)} MiB and {millicores / 1000:g} CPUs{copies}"


def _of(stack: Stack, groups: Sequence[ContainerGroup]) -> str:
    machine = stack.machine
    memory, millicores = _sums(stack, groups)
    capacity = machine.memory_mib if machine.cluster else machine.memory_mib - machine.memory_reserve_mib
    return f"{thousands(memory)} of {thousands(capacity)} MiB, {millicores / 1000:g} of {machine.cpus} CPUs"


def _card(stack: Stack, group: ContainerGroup, budget: GpuBudget) -> str:
    if not stack.gives_gpus:
        return f"none: {stack.name} gives no GPUs"
    return target_of(stack).card_text(stack, group.name, budget)

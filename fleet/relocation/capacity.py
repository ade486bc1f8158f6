"""What a moving group takes of memory, processors and cards, on the machine it leaves and the one it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.model import ContainerGroup, Fleet, GpuBudget, Stack
from fleet.relocation.row import NOTHING, Row
from fleet.targets.cloudrun_sizes import CARDS, shape
from fleet.targets.docker_budget import card_of, card_uses, cpu_request_millicores, memory_request_mib
from fleet.targets.node_pools import amount_mib, pool_of, pool_uses
from fleet.text import thousands


def room_rows(group: ContainerGroup, here: Stack | None, there: Stack, fleet: Fleet) -> Iterator[Row]:
    """What it reserves, and what all groups reserve on both machines before and after; `there` has the group."""
    yield Row(
        "it reserves",
        _reserved(here, [group]) if here else NOTHING,
        _instance(there, group) or _reserved(there, [group]),
    )
    if here and not here.machine.cloud:
        was = _placed(fleet, here)
        left = [one for one in was if one.name != group.name]
        yield Row(f"all of {here.name}", _of(here, was), _of(here, left))
    if not there.machine.cloud:
        will = _placed(fleet, there)
        yield Row(f"all of {there.name}", _of(there, [one for one in will if one.name != group.name]), _of(there, will))


def gpu_rows(group: ContainerGroup, here: Stack | None, there: Stack, fleet: Fleet) -> Iterator[Row]:
    """The part of a card that each container has."""
    for key, container in sorted(group.containers.items()):
        if container.gpu:
            before = _card(here, group, container.gpu) if here else NOTHING
            note = _left(there, container.gpu, _placed(fleet, there)) if there.gives_gpus else ""
            yield Row(key, before, _card(there, group, container.gpu), note)


def _placed(fleet: Fleet, stack: Stack) -> list[ContainerGroup]:
    return [fleet.groups[name] for name in stack.groups if name in fleet.groups]


def _copies(stack: Stack, group: ContainerGroup) -> int:
    """Copies that always run: a Docker machine runs one."""
    return group.scaling.min if stack.machine.cluster else 1


def _sums(stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[int, int]:
    """MiB and millicores that groups reserve with the copies that always run."""
    runs = [(_copies(stack, group), c) for group in groups for c in group.containers.values()]
    memory = sum(copies * memory_request_mib(stack, container) for copies, container in runs)
    return memory, sum(copies * cpu_request_millicores(stack, container) for copies, container in runs)


def _reserved(stack: Stack, groups: Sequence[ContainerGroup]) -> str:
    memory, millicores = _sums(stack, groups)
    copies = f", in {_copies(stack, groups[0])} copies" if _copies(stack, groups[0]) > 1 else ""
    return f"{thousands(memory)} MiB and {millicores / 1000:g} CPUs{copies}"


def _of(stack: Stack, groups: Sequence[ContainerGroup]) -> str:
    machine = stack.machine
    memory, millicores = _sums(stack, groups)
    capacity = machine.memory_mib if machine.cluster else machine.memory_mib - machine.memory_reserve_mib
    return f"{thousands(memory)} of {thousands(capacity)} MiB, {millicores / 1000:g} of {machine.cpus} CPUs"


def _instance(stack: Stack, group: ContainerGroup) -> str:
    cloud = stack.machine.cloud
    if cloud is None:
        return ""
    size = shape(cloud, group)
    service = cloud.service(group.name)
    count = f"{service.min_instances} to {size.max_instances} instances"
    return f"{thousands(size.memory_mib)} MiB and {size.cpu_millicores / 1000:g} CPUs an instance, {count}"


def _card(stack: Stack, group: ContainerGroup, budget: GpuBudget) -> str:
    machine = stack.machine
    if not stack.gives_gpus:
        return f"none: {stack.name} gives no GPUs"
    if machine.cloud:
        gpu = machine.cloud.service(group.name).gpu
        return f"a {CARDS[gpu][0]} alone ({CARDS[gpu][1]}), while an instance runs" if gpu else "no card yet"
    if machine.cluster:
        name = pool_of(machine.cluster, budget)
        pool = machine.cluster.node_pools[name].gpu if name else None
        if pool is None:
            return f"no card of {stack.name} holds {thousands(budget.limit_mib)} MiB"
        return f"{thousands(amount_mib(pool, budget))} MiB of a {pool.model} of the pool {name} ({pool.sharing})"
    card = card_of(machine, budget)
    if card is None:
        return f"no card of {stack.name}"
    figures = f"request {thousands(budget.request_mib)}, limit {thousands(budget.limit_mib)} MiB"
    return f"{figures} on {card} ({machine.gpus[card].model}, {budget.enforcement})"


def _left(stack: Stack, budget: GpuBudget, groups: Sequence[ContainerGroup]) -> str:
    """What stays free with the group on the machine; negative figures do not fit."""
    for use in card_uses(stack, groups):
        if use.name == card_of(stack.machine, budget):
            return f"{thousands(use.free_mib)} of {thousands(use.gpu.memory_mib)} MiB stay free on {use.name}"
    cluster = stack.machine.cluster
    name = pool_of(cluster, budget) if cluster else None
    for pool in pool_uses(stack, groups):
        if pool.name == name:
            return f"{pool.placed()} of {pool.copies_min} copies find a card in the pool {name}"
    return ""

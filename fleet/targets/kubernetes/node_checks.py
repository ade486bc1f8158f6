"""Checks of a cluster's nodes: each pod fits one, with its cards, architecture, CPU and memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.model import ContainerGroup, Enforcement, NodePool, Sharing, Stack
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.suggest import did_you_mean
from fleet.targets.gpu_use import vendor_fault
from fleet.targets.kubernetes.capacity import cluster_of, pool_of, reserved_on
from fleet.targets.limits import Capacity, limit_faults
from fleet.text import thousands

_RELIES_ON = {Enforcement.EXCLUSIVE: Sharing.WHOLE_DEVICE, Enforcement.HAMI: Sharing.MEMORY_AMOUNT}
"""Enforcement -> the sharing of a pool that provides it; others are the container's own."""


def ensure_pods_fit_a_node(stack: Stack, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    """A pod fits one node of the pools with its cards and architecture, and no limit exceeds the largest."""
    for group in groups:
        pools = _pools_for(stack, group)
        if not pools:
            problem = f"no node of {stack.name} has both its cards and the architecture of its images"
            yield sources.group_fault(group.name, ("containers",), problem, "use other images, or move the group")
            continue
        faults = list(_pod_faults(stack, group, pools, sources))
        yield from faults
        if not faults and not stack.runs_stand_ins:
            cpus, memory_mib = max(pool.cpus for pool in pools), max(pool.memory_mib for pool in pools)
            has = Capacity(f"the largest node of {stack.name} for it", cpus, memory_mib)
            yield from limit_faults(group, has, sources)


def _pod_faults(stack: Stack, group: ContainerGroup, pools: Sequence[NodePool], sources: Sources) -> Iterator[Fault]:
    pod = [reserved_on(stack, container) for container in group.containers.values()]
    mib = sum(one.memory_request_mib for one in pod)
    millicores = sum(one.cpu_request_millicores for one in pod)
    largest = max(pool.memory_mib for pool in pools)
    if mib > largest:
        problem = f"a pod of {thousands(mib)} MiB fits no node of {stack.name}"
        remedy = f"the largest has {thousands(largest)} MiB; lower memory.request of its containers"
        yield sources.group_fault(group.name, ("containers",), problem, remedy)
        return
    most = max(pool.cpus for pool in pools if pool.memory_mib >= mib)
    if millicores > most * 1000:
        problem = f"a pod of {millicores / 1000:g} CPUs and {thousands(mib)} MiB fits no node of {stack.name}"
        remedy = f"nodes with this memory have {most} CPUs; lower cpu.request of its containers"
        yield sources.group_fault(group.name, ("containers",), problem, remedy)


def _pools_for(stack: Stack, group: ContainerGroup) -> list[NodePool]:
    """Pools whose nodes have the cards and the architecture that a pod needs."""
    cluster, containers = cluster_of(stack), group.containers.values()
    budgets = [c.gpu for c in containers if c.gpu and stack.gives_gpus]
    with_cards = {pool for budget in budgets if (pool := pool_of(cluster, budget))} or cluster.node_pools.keys()
    images = [c.image.platforms for c in containers if c.image and not stack.runs_stand_ins]
    pools = [cluster.node_pools[name] for name in with_cards]
    return [pool for pool in pools if all(pool.arch in platforms for platforms in images)]


def ensure_enforcement_is_the_pools(
    stack: Stack, groups: Sequence[ContainerGroup], sources: Sources
) -> Iterator[Fault]:
    """A budget's card is a pool, and its sharing can enforce what the group relies on."""
    cluster = cluster_of(stack)
    pools = {name: pool.gpu for name, pool in cluster.node_pools.items() if pool.gpu}
    for group in groups:
        for key, container in group.containers.items():
            budget, path = container.gpu, ("containers", key, "gpu")
            if budget is None:
                continue
            if budget.card and budget.card not in pools:
                problem = f"{stack.name} has no pool {budget.card} with cards"
                remedy = did_you_mean(budget.card, pools, f"use one of {', '.join(pools) or 'none'}, or drop card")
                yield sources.group_fault(group.name, (*path, "card"), problem, remedy)
                continue
            name, needed = pool_of(cluster, budget), _RELIES_ON.get(budget.enforcement)
            if name and (wrong := vendor_fault(container, pools[name], f"pool {name} of {stack.name}")):
                field, problem, remedy = wrong
                place = ("containers", key, *field.split("."))
                yield sources.group_fault(group.name, place, problem, remedy)
            if needed and name and pools[name].sharing is not needed:
                problem = f'"{budget.enforcement}", but sharing of pool {name} on {stack.name} is {pools[name].sharing}'
                remedy = f"use a pool with sharing: {needed}, or another enforcement"
                yield sources.group_fault(group.name, (*path, "enforcement"), problem, remedy)

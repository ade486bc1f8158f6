"""Node pools of a cluster: which pool a group's GPU comes from, and how many copies of it find a card there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from fleet.gpu_memory import with_contexts
from fleet.model import Cluster, Container, ContainerGroup, Enforcement, GpuBudget, PoolGpu, Sharing, Stack
from fleet.targets.gpu_use import Card, PoolShare, PoolUse
from fleet.targets.reserved import Reserved, reserved

ENFORCEMENT: Mapping[Sharing, Enforcement] = {
    Sharing.WHOLE_DEVICE: Enforcement.EXCLUSIVE,
    Sharing.SHARED_DEVICE: Enforcement.ADVISORY,
    Sharing.MEMORY_AMOUNT: Enforcement.HAMI,
}
"""What caps GPU memory in a pool: the way its cards are shared decides it, whatever the group would prefer."""


def cluster_of(stack: Stack) -> Cluster:
    """The cluster of a stack whose target is Kubernetes."""
    if stack.machine.cluster is None:
        msg = f"{stack.name} is no cluster"
        raise TypeError(msg)
    return stack.machine.cluster


def pool_of(cluster: Cluster, budget: GpuBudget) -> str | None:
    """The pool a budget is taken from: the one it names, else the smallest cards that hold its limit; None for none."""
    fitting = {
        name: pool.gpu.memory_mib
        for name, pool in cluster.node_pools.items()
        if pool.gpu and amount_mib(pool.gpu, budget) <= pool.gpu.memory_mib
    }
    if budget.card in cluster.node_pools:
        return budget.card if budget.card in fitting else None
    return min(fitting, key=lambda name: (fitting[name], name), default=None)


def amount_mib(gpu: PoolGpu, budget: GpuBudget) -> int:
    """GPU memory a copy takes: its limit and its contexts. A cluster reserves what it caps, so nothing bursts."""
    return with_contexts(budget.limit_mib, budget.processes, gpu.context_mib)


def card_of_pool(cluster: Cluster, budget: GpuBudget) -> Card | None:
    """A container's part of a pool's card; None where no pool has such cards."""
    pool = pool_of(cluster, budget)
    gpu = cluster.node_pools[pool].gpu if pool else None
    return Card(pool, gpu, ENFORCEMENT[gpu.sharing]) if pool and gpu else None


def pool_uses(stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[PoolUse, ...]:
    """Every pool with cards, and what a stack's groups take of it."""
    cluster = cluster_of(stack)
    shares = list(_shares(cluster, groups)) if stack.gives_gpus else []
    return tuple(
        PoolUse(
            name,
            pool.nodes,
            pool.gpu,
            tuple(sorted((s for taken, s in shares if taken == name), key=lambda s: (-s.amount_mib, s.label))),
        )
        for name, pool in cluster.node_pools.items()
        if pool.gpu
    )


def reserved_on(stack: Stack, container: Container) -> Reserved:
    """What a container of a pod reserves, and its caps."""
    found = reserved(stack, container)
    if container.gpu is None or not stack.gives_gpus:
        return found
    # A node evicts a pod that uses more than it was promised: one with a GPU is promised all it may use.
    return replace(found, memory_request_mib=found.memory_cap_mib)


def _shares(cluster: Cluster, groups: Iterable[ContainerGroup]) -> Iterator[tuple[str, PoolShare]]:
    for group in groups:
        for key, container in group.containers.items():
            budget = container.gpu
            name = pool_of(cluster, budget) if budget else None
            gpu = cluster.node_pools[name].gpu if name else None
            if budget and name and gpu:
                amount = gpu.memory_mib if gpu.sharing is Sharing.WHOLE_DEVICE else amount_mib(gpu, budget)
                scaling = group.scaling
                yield name, PoolShare(group.name, key, budget, amount, scaling.min, scaling.max)

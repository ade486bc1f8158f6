"""Node pools of a cluster: the pool of a GPU budget, and what groups reserve in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from fleet.gpu_memory import PoolShare, share_label, with_contexts
from fleet.model import Cluster, Container, ContainerGroup, Enforcement, GpuBudget, PoolGpu, Sharing, Stack
from fleet.targets.gpu_use import Cards, PoolUse
from fleet.targets.reserved import Reserved, reserved

ENFORCEMENT: Mapping[Sharing, Enforcement] = {
    Sharing.WHOLE_DEVICE: Enforcement.EXCLUSIVE,
    Sharing.SHARED_DEVICE: Enforcement.ADVISORY,
    Sharing.MEMORY_AMOUNT: Enforcement.HAMI,
}
"""How a pool limits GPU memory; its sharing decides, not the group's enforcement."""


def cluster_of(stack: Stack) -> Cluster:
    """The cluster of a Kubernetes stack."""
    if stack.machine.cluster is None:
        msg = f"{stack.name} is not a cluster"
        raise TypeError(msg)
    return stack.machine.cluster


def pool_of(cluster: Cluster, budget: GpuBudget) -> str | None:
    """The pool of a budget: the one it names, else the one with the smallest cards that hold its limit."""
    fitting = {
        name: pool.gpu.memory_mib
        for name, pool in cluster.node_pools.items()
        if pool.gpu and amount_mib(pool.gpu, budget) <= pool.gpu.memory_mib and cards_per_pod(pool.gpu) >= count(budget)
    }
    if budget.card in cluster.node_pools:
        return budget.card if budget.card in fitting else None
    return min(fitting, key=lambda name: (fitting[name], name), default=None)


def count(budget: GpuBudget) -> int:
    """Cards of a copy; 1 if it does not say how many, which the checks refuse."""
    return budget.count or 1


def cards_per_pod(gpu: PoolGpu) -> int:
    """The most cards that a pod gets: a share of a card is no more compute if it has two."""
    return 1 if gpu.sharing is Sharing.SHARED_DEVICE else gpu.per_node


def amount_mib(gpu: PoolGpu, budget: GpuBudget) -> int:
    """GPU memory of a copy on each of its cards: its limit, which a cluster reserves, and its contexts."""
    return with_contexts(budget.limit_mib, budget.processes, gpu.context_mib)


def cards_of_pool(cluster: Cluster, budget: GpuBudget) -> Cards | None:
    """The cards of a budget; None if no pool has such cards."""
    pool = pool_of(cluster, budget)
    gpu = cluster.node_pools[pool].gpu if pool else None
    return Cards({pool: gpu}, count(budget), ENFORCEMENT[gpu.sharing]) if pool and gpu else None


def pool_uses(stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[PoolUse, ...]:
    """Every pool with cards, with its shares."""
    cluster = cluster_of(stack)
    shares = list(_shares(cluster, groups)) if stack.gives_gpus else []
    shares.sort(key=lambda share: (-share[1].amount_mib, share[1].label))
    return tuple(
        PoolUse(name, pool.nodes, pool.gpu, tuple(share for taken, share in shares if taken == name))
        for name, pool in cluster.node_pools.items()
        if pool.gpu
    )


def reserved_on(stack: Stack, container: Container) -> Reserved:
    """Main memory and CPU of a container in a pod."""
    amounts = reserved(stack, container)
    if container.gpu is None or not stack.gives_gpus:
        return amounts
    # A node under pressure evicts pods above their request, so a pod with a GPU requests its limit.
    return replace(amounts, memory_request_mib=amounts.memory_cap_mib)


def _shares(cluster: Cluster, groups: Iterable[ContainerGroup]) -> Iterator[tuple[str, PoolShare]]:
    for group in groups:
        for key, container in group.containers.items():
            budget = container.gpu
            name = pool_of(cluster, budget) if budget else None
            gpu = cluster.node_pools[name].gpu if name else None
            if budget and name and gpu:
                amount = gpu.memory_mib if gpu.sharing is Sharing.WHOLE_DEVICE else amount_mib(gpu, budget)
                label, copies = share_label(group.name, key), (group.scaling.min, group.scaling.max)
                yield name, PoolShare(label, amount, *copies, count(budget))

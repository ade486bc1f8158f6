"""Node pools of a cluster: which pool a group's GPU comes from, and how many copies of it find a card there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fleet.model import Cluster, ContainerGroup, Enforcement, GpuBudget, PoolGpu, Sharing, Stack

ENFORCEMENT: Mapping[Sharing, Enforcement] = {
    Sharing.WHOLE_DEVICE: Enforcement.EXCLUSIVE,
    Sharing.SHARED_DEVICE: Enforcement.ADVISORY,
    Sharing.MEMORY_AMOUNT: Enforcement.HAMI,
}
"""What caps GPU memory in a pool: the way its cards are shared decides it, whatever the group would prefer."""


@dataclass(frozen=True, slots=True)
class PoolShare:
    """What one container of a group takes of a pool: an amount of a card's memory in MiB, for each copy."""

    group: str
    container: str
    budget: GpuBudget
    amount_mib: int
    copies_min: int
    copies_max: int

    @property
    def label(self) -> str:
        """The group's name; a sidecar's after a slash."""
        return self.group if self.container == "main" else f"{self.group}/{self.container}"


@dataclass(frozen=True, slots=True)
class PoolUse:
    """A pool with cards, and who takes them; biggest amount first."""

    name: str
    nodes: int
    gpu: PoolGpu
    shares: tuple[PoolShare, ...]

    @property
    def cards(self) -> int:
        """Cards of all nodes."""
        return self.nodes * self.gpu.per_node

    @property
    def copies_min(self) -> int:
        """Copies that always run."""
        return sum(share.copies_min for share in self.shares)

    @property
    def copies_max(self) -> int:
        """Copies at the most."""
        return sum(share.copies_max for share in self.shares)

    @property
    def amount_min_mib(self) -> int:
        """GPU memory that is always taken."""
        return sum(share.amount_mib * share.copies_min for share in self.shares)

    @property
    def taken(self) -> tuple[tuple[str, int], ...]:
        """Who always takes how many MiB of all cards' memory; biggest amount first."""
        total, shared = self.cards * self.gpu.memory_mib, self.gpu.sharing is Sharing.SHARED_DEVICE
        # Nothing is reserved of a card that pods take turns on: each has its part of the turns.
        each = total // (self.cards * self.gpu.shares) if shared else 0
        return tuple((share.label, (each or share.amount_mib) * share.copies_min) for share in self.shares)

    def placed(self, copies: str = "copies_min") -> int:
        """How many of the copies (`copies_min`, `copies_max`) find a card; the scheduler leaves the others pending."""
        return self._fitting([share.amount_mib for share in self.shares for _ in range(getattr(share, copies))])

    def has_room_for(self, amounts: Sequence[int]) -> bool:
        """Whether more copies, of these amounts, find a card beside those that always run."""
        wanted = [share.amount_mib for share in self.shares for _ in range(share.copies_min)]
        return self._fitting([*wanted, *amounts]) == len(wanted) + len(amounts)

    def _fitting(self, amounts: Sequence[int]) -> int:
        if self.gpu.sharing is Sharing.MEMORY_AMOUNT:
            return _packed(amounts, self.cards, self.gpu.memory_mib)
        return min(len(amounts), self.cards * self.gpu.shares)


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
    return budget.limit_mib + budget.processes * gpu.context_mib


def pool_uses(stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[PoolUse, ...]:
    """Every pool with cards, and what a stack's groups take of it; nothing where the stack gives no GPUs."""
    cluster = stack.machine.cluster
    if cluster is None:
        return ()
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


def _packed(amounts: Sequence[int], cards: int, capacity: int) -> int:
    """How many amounts fit the cards, the biggest first, each on the first card with room."""
    free = [capacity] * cards
    placed = 0
    for amount in sorted(amounts, reverse=True):
        card = next((index for index, room in enumerate(free) if room >= amount), None)
        if card is not None:
            free[card] -= amount
            placed += 1
    return placed

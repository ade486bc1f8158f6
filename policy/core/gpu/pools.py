"""GPU budgets of pods, and their sums on each node pool of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fleet.frozen import dataclass
from fleet.gpu_memory import Amount, PoolShare, unplaced, with_contexts
from policy.core.gpu.budgets import Budget, Share, budget_of
from policy.views.container import ContainerView
from policy.views.kubernetes import PoolView
from policy.views.stack import MachineView, StackView

WHOLE = "nvidia.com/gpu"
SHARED = "nvidia.com/gpu.shared"
AMOUNT = "nvidia.com/gpumem"
"""HAMi's resource: MiB of each card that the container gets."""

WHOLE_CARDS = (WHOLE, "amd.com/gpu", "gpu.intel.com/i915", "gpu.intel.com/xe")
"""Resources of cards that serve one container each. Intel's plugin shares under the same name, if it is set up to."""

RESOURCES = {"whole-device": WHOLE, "shared-device": SHARED, "memory-amount": WHOLE}
"""How a pool shares its cards -> the resource by which a container requests them."""


@dataclass(frozen=True, slots=True)
class PoolRequest:
    """What one replica of a container requests from a pool."""

    container: ContainerView
    budget: Budget | None
    devices: int
    amount_mib: int
    """MiB of each card that HAMi allocates; 0 if not requested by amount."""

    @property
    def label(self) -> str:
        """The group's name, or the container's."""
        return Share(self.container, self.budget).label if self.budget else self.container.label

    def held_mib(self, pool: PoolView) -> int:
        """MiB of each card that a replica always holds; 0 without a budget."""
        if self.budget is None:
            return 0
        return with_contexts(self.budget.request_mib, self.budget.processes, pool.context_mib)

    def share(self, pool: PoolView) -> PoolShare:
        """Its share of a pool that hands cards out by memory."""
        size, copies = max(self.held_mib(pool), self.amount_mib), self.container.replicas
        return PoolShare(self.label, size, copies, copies, self.devices)


@dataclass(frozen=True, slots=True)
class PoolLoad:
    """A pool and the requests for its cards, in registration order."""

    machine: MachineView
    pool: PoolView
    requests: tuple[PoolRequest, ...]

    @property
    def title(self) -> str:
        """`pool gpu of cluster (2 x L4)`."""
        model = f" ({self.pool.cards} x {self.pool.gpu_model or 'GPU'})" if self.pool.cards else ""
        return f"pool {self.pool.name} of {self.machine.name}{model}"

    @property
    def resource(self) -> str:
        """Resource by which containers request a card of the pool."""
        return self.pool.gpu_resource or RESOURCES[self.pool.sharing]

    def fits(self, copies: Sequence[Amount]) -> bool:
        """Whether copies fit the pool, each on cards of one node; an amount larger than a card fills it."""
        pool, capacity = self.pool, self.pool.gpu_memory_mib
        within = [Amount(min(copy.mib, capacity), min(copy.devices, pool.gpus)) for copy in copies]
        return unplaced(within, capacity, pool.nodes, pool.gpus) == 0


def whole_cards(shares: Sequence[PoolShare], pool: PoolView) -> list[Amount]:
    """What copies take of a pool whose cards serve one container each."""
    whole = [replace(share, amount_mib=pool.gpu_memory_mib) for share in shares]
    return [each for share in whole for each in share.amounts(share.copies_min)]


def asks_for_gpu(container: ContainerView) -> bool:
    """Whether a container requests cards or states a budget."""
    return container.gpu or budget_of(container) is not None


def request_of(container: ContainerView) -> PoolRequest:
    """What a container requests from its pool."""
    asked = container.devices_asked
    devices = max(1, *(asked.get(resource, 0) for resource in (*WHOLE_CARDS, SHARED)))
    return PoolRequest(container, budget_of(container), devices, asked.get(AMOUNT, 0))


def pool_of(named: str, machine: MachineView) -> PoolView | None:
    """The pool that a node selector names; without a name, the only pool with cards."""
    if named:
        return next((pool for pool in machine.pools if pool.name == named), None)
    with_cards = [pool for pool in machine.pools if pool.cards]
    return with_cards[0] if len(with_cards) == 1 else None


def pool_loads(stack: StackView) -> Iterator[PoolLoad]:
    """Every pool of the stack's clusters with the requests for its cards."""
    for machine in stack.machines:
        found: dict[str, list[PoolRequest]] = {pool.name: [] for pool in machine.pools}
        for _, container, pool in gpu_pods(stack, machine):
            if pool:
                found[pool.name].append(request_of(container))
        for pool in machine.pools:
            yield PoolLoad(machine, pool, tuple(found[pool.name]))


def gpu_pods(stack: StackView, machine: MachineView) -> Iterator[tuple[str, ContainerView, PoolView | None]]:
    """Containers of a cluster that request cards, each with the pool its pod names and the pool it runs on."""
    for pod, named in stack.pods_on(machine) if machine.pools else ():
        for container in pod.containers:
            if asks_for_gpu(container):
                yield named, container, pool_of(named, machine)

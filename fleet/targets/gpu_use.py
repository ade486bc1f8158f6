"""What the groups of a stack take of its GPUs: of each card of a host, and of each node pool. Memory in MiB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fleet.gpu_memory import share_label, unplaced
from fleet.model import Enforcement, Gpu, GpuBudget, PoolGpu, Sharing


@dataclass(frozen=True, slots=True)
class Card:
    """Where a container's GPU memory comes from: the key of a card or a pool, the GPU, and what enforces the limit."""

    key: str
    gpu: Gpu
    enforcement: Enforcement


@dataclass(frozen=True, slots=True)
class Share:
    """What one container takes of a card."""

    group: str
    container: str
    budget: GpuBudget

    @property
    def label(self) -> str:
        """The group's name; a sidecar's after a slash."""
        return share_label(self.group, self.container)


@dataclass(frozen=True, slots=True)
class CardUse:
    """One card and everything reserved on it; biggest share first."""

    name: str
    gpu: Gpu
    shares: tuple[Share, ...]

    @property
    def processes(self) -> int:
        """CUDA processes on the card."""
        return sum(share.budget.processes for share in self.shares)

    @property
    def requested_mib(self) -> int:
        """Sum of requests, without contexts."""
        return sum(share.budget.request_mib for share in self.shares)

    @property
    def context_mib(self) -> int:
        """What the contexts of all processes cost."""
        return self.processes * self.gpu.context_mib

    @property
    def committed_mib(self) -> int:
        """Requests, contexts and the desktop's reserve."""
        return self.requested_mib + self.context_mib + self.gpu.reserve_mib

    @property
    def free_mib(self) -> int:
        """What is left; negative where it does not fit."""
        return self.gpu.memory_mib - self.committed_mib


@dataclass(frozen=True, slots=True)
class PoolShare(Share):
    """What one container takes of a pool: an amount of a card's memory for each copy."""

    amount_mib: int
    copies_min: int
    copies_max: int


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
            return len(amounts) - unplaced(amounts, self.gpu.memory_mib, self.cards)
        return min(len(amounts), self.cards * self.gpu.shares)

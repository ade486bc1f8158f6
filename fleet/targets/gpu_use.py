"""GPU memory that a stack's groups reserve, on each card of a host and in each node pool. In MiB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fleet.gpu_memory import Amount, PoolShare, share_label, unplaced
from fleet.model import Container, Enforcement, Gpu, GpuBudget, PoolGpu, Sharing, Vendor
from fleet.text import plural


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards of a container: by key, each once; or `count` of the cards of a pool, by its key."""

    gpus: Mapping[str, Gpu]
    count: int
    enforcement: Enforcement


def cards_words(budget: GpuBudget) -> str:
    """`2 cards`, `all cards` or `gpu0 and gpu1`."""
    if budget.named:
        return " and ".join(budget.named)
    return "all cards" if budget.count is None else plural(budget.count, "card")


def vendor_fault(container: Container, gpu: Gpu, where: str) -> tuple[str, str, str] | None:
    """Field, problem and fix of what is NVIDIA's on a card of another maker; `where` names the card."""
    if gpu.vendor is Vendor.NVIDIA:
        return None
    remedy = f"use a ready image for {gpu.vendor}, or a card of nvidia"
    if container.gpu and "capabilities" in container.gpu.model_fields_set:
        return "gpu.capabilities", f"parts of NVIDIA's driver, but {where} is of {gpu.vendor}", "drop it"
    if container.build:
        return "build.variant", f"cuda, but {where} is of {gpu.vendor}", remedy
    if container.image and container.image.cuda:
        return "image.cuda", f"{container.image.cuda}, but {where} is of {gpu.vendor}", remedy
    return None


@dataclass(frozen=True, slots=True)
class Share:
    """A container's share of a card."""

    group: str
    container: str
    budget: GpuBudget

    @property
    def label(self) -> str:
        return share_label(self.group, self.container)


@dataclass(frozen=True, slots=True)
class CardUse:
    """A card and its shares, largest first."""

    name: str
    gpu: Gpu
    shares: tuple[Share, ...]

    @property
    def processes(self) -> int:
        return sum(share.budget.processes for share in self.shares)

    @property
    def requested_mib(self) -> int:
        """Without contexts."""
        return sum(share.budget.request_mib for share in self.shares)

    @property
    def context_mib(self) -> int:
        return self.processes * self.gpu.context_mib

    @property
    def committed_mib(self) -> int:
        """Requests, contexts and the desktop's reserve."""
        return self.requested_mib + self.context_mib + self.gpu.reserve_mib

    @property
    def unified_mib(self) -> int:
        """Main memory that the card's shares reserve: all of it on a card that shares the machine's memory."""
        return self.committed_mib if self.gpu.unified and self.shares else 0

    @property
    def free_mib(self) -> int:
        """Negative if the shares do not fit."""
        return self.gpu.memory_mib - self.committed_mib


@dataclass(frozen=True, slots=True)
class PoolUse:
    """A pool with cards and its shares, largest amount first."""

    name: str
    nodes: int
    gpu: PoolGpu
    shares: tuple[PoolShare, ...]

    @property
    def cards(self) -> int:
        return self.nodes * self.gpu.per_node

    @property
    def copies_min(self) -> int:
        return sum(share.copies_min for share in self.shares)

    @property
    def copies_max(self) -> int:
        return sum(share.copies_max for share in self.shares)

    @property
    def taken(self) -> tuple[tuple[str, int], ...]:
        """(label, MiB) of the copies that always run, largest amount first."""
        # Pods that take turns on a card reserve no memory; each gets an equal share of it.
        each = self.gpu.memory_mib // self.gpu.shares if self.gpu.sharing is Sharing.SHARED_DEVICE else 0
        return tuple((s.label, (each or s.amount_mib) * s.devices * s.copies_min) for s in self.shares)

    def placed(self, copies: str = "copies_min") -> int:
        """How many of the copies (`copies_min` or `copies_max`) find cards; the scheduler leaves the rest pending."""
        return self._fitting([each for share in self.shares for each in share.amounts(getattr(share, copies))])

    def has_room_for(self, shares: Sequence[PoolShare], each: int) -> bool:
        """Whether this many more copies of each share find cards in addition to those that always run."""
        wanted = [amount for share in self.shares for amount in share.amounts(share.copies_min)]
        more = [amount for share in shares for amount in share.amounts(each)]
        return self._fitting([*wanted, *more]) == len(wanted) + len(more)

    def _fitting(self, amounts: Sequence[Amount]) -> int:
        if self.gpu.sharing is Sharing.SHARED_DEVICE:
            return min(len(amounts), self.cards * self.gpu.shares)
        return len(amounts) - unplaced(amounts, self.gpu.memory_mib, self.nodes, self.gpu.per_node)

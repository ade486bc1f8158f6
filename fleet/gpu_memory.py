"""GPU memory arithmetic in MiB, shared by plans and policies. Imports no models."""

from __future__ import annotations

from collections.abc import Sequence

from fleet.frozen import dataclass

AMOUNTS_MAX = 4096
"""Amounts of one share that are placed one by one; no pool has more cards."""


def share_label(group: str, container: str) -> str:
    """Name of a container's share of a card: `<group>`, or `<group>/<key>` for a sidecar."""
    return group if container == "main" else f"{group}/{container}"


def with_contexts(mib: int, processes: int, context_mib: int) -> int:
    """GPU memory including the CUDA contexts of its processes."""
    return mib + processes * context_mib


@dataclass(frozen=True, slots=True)
class PoolShare:
    """A container's share of a node pool: MiB on each of the `devices` cards of a copy."""

    label: str
    amount_mib: int
    copies_min: int
    copies_max: int
    devices: int = 1

    @property
    def total_mib(self) -> int:
        """Of the copies that always run."""
        return self.amount_mib * self.devices * self.copies_min

    def amounts(self, copies: int) -> list[int]:
        """MiB on each card of this many copies, at most `AMOUNTS_MAX`."""
        return [self.amount_mib] * min(self.devices * copies, AMOUNTS_MAX)


def unplaced(sizes: Sequence[int], capacity: int, cards: int) -> int:
    """Number of amounts that do not fit on empty, equal cards by first fit, largest first.

    A scheduler that spreads pods or uses another order may need more cards.
    """
    free: list[int] = []
    left = 0
    for size in sorted(sizes, reverse=True):
        card = next((index for index, room in enumerate(free) if size <= room), None)
        if card is not None:
            free[card] -= size
        elif size <= capacity and len(free) < cards:
            free.append(capacity - size)
        else:
            left += 1
    return left

"""GPU memory arithmetic in MiB, shared by plans and policies. Imports no models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fleet.frozen import dataclass

AMOUNTS_MAX = 4096
"""Copies of one share that are placed one by one; no pool has more cards."""


class Amount(NamedTuple):
    """What a copy takes: MiB of each of several cards."""

    mib: int
    devices: int


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

    def amounts(self, copies: int) -> list[Amount]:
        """What each of this many copies takes, at most `AMOUNTS_MAX`."""
        return [Amount(self.amount_mib, self.devices)] * min(copies, AMOUNTS_MAX)


def unplaced(copies: Sequence[Amount], capacity: int, nodes: int, per_node: int) -> int:
    """Number of copies that do not fit on empty, equal nodes by first fit, largest first.

    A copy takes its amount of several cards of one node. A scheduler that spreads pods or uses another order may need
    more nodes.
    """
    free: list[list[int]] = []
    opened = left = 0
    least = min((copy.mib for copy in copies), default=0)
    for mib, devices in sorted(copies, key=lambda copy: (copy.devices, copy.mib), reverse=True):
        found = next((cards for node in free if (cards := _with_room(node, mib, devices)) is not None), None)
        if found is None and mib <= capacity and devices <= per_node and opened < nodes:
            free.append([capacity] * per_node)
            opened += 1
            found = free[-1], list(range(devices))
        if found is None:
            left += 1
            continue
        node, places = found
        for card in places:
            node[card] -= mib
        if max(node) < least:
            free.remove(node)
    return left


def _with_room(node: list[int], mib: int, devices: int) -> tuple[list[int], list[int]] | None:
    """A node and the first of its cards that have room; None if too few have."""
    cards = [index for index, room in enumerate(node) if mib <= room][:devices]
    return (node, cards) if len(cards) == devices else None

"""GPU memory arithmetic in MiB, shared by plans and policies. Imports no models."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from fleet.frozen import dataclass

AMOUNTS_MAX = 4096
"""Copies of one share, and cards of one node, that are placed one by one; no pool has more."""


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
    opened: list[_Node] = []
    left, cards = 0, min(per_node, AMOUNTS_MAX)
    order = sorted(copies, key=lambda copy: (copy.devices, copy.mib), reverse=True)
    for (mib, devices), equal in groupby(order):
        wanted, most = len(list(equal)), min(devices, AMOUNTS_MAX)
        for node in opened:
            wanted -= node.take(mib, most, wanted)
        while wanted and mib <= capacity and most <= cards and len(opened) < nodes:
            opened.append(_Node(capacity, cards))
            wanted -= opened[-1].take(mib, most, wanted)
        left += wanted
    return left


class _Node:
    """The free MiB of a node's cards. Cards that nothing is on are only counted: a pool may state any number."""

    def __init__(self, capacity: int, cards: int) -> None:
        self._capacity, self._untouched = capacity, cards
        self._free: list[int] = []

    def take(self, mib: int, devices: int, copies: int) -> int:
        """Places copies that are equal, on the first cards with room; returns how many found some."""
        free, placed = self._free, 0
        with_room = [index for index, room in enumerate(free) if mib <= room]
        while placed < copies:
            fresh = devices - len(with_room)
            if fresh > (self._untouched if mib <= self._capacity else 0):
                break
            for _ in range(fresh):
                with_room.append(len(free))
                free.append(self._capacity)
                self._untouched -= 1
            for index in with_room[:devices]:
                free[index] -= mib
            with_room[:devices] = [index for index in with_room[:devices] if mib <= free[index]]
            placed += 1
        return placed

"""Whether a pool has a card for one more pod."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from policy.core.gpu.pools import PoolLoad, PoolShare

_COPIES_MAX = 4096
"""Pods of a workload that are placed one by one; no pool has more cards."""


class PoolRoom:
    """A pool's cards; the answer for each size of pods is cached."""

    def __init__(self, load: PoolLoad) -> None:
        self.load = load
        self._found: dict[tuple[tuple[int, int], ...], bool] = {}

    def has_room(self, more: Sequence[PoolShare] = ()) -> bool:
        """Whether all pods find a card, with one more of each of `more`."""
        key = tuple(sorted((share.devices, self._size(share)) for share in more))
        if key not in self._found:
            self._found[key] = self._places(key) if self.load.pool.sharing != "memory-amount" else self._fits(key)
        return self._found[key]

    def _places(self, more: Sequence[tuple[int, int]]) -> bool:
        pool = self.load.pool
        places = pool.cards * (pool.shared_replicas if pool.sharing == "shared-device" else 1)
        return sum(count * devices for devices, _, count in self._wanted) + sum(one for one, _ in more) <= places

    def _fits(self, more: Sequence[tuple[int, int]]) -> bool:
        pool = self.load.pool
        wanted = [*self._wanted, *((devices, size, 1) for devices, size in more)]
        if sum(devices * size * count for devices, size, count in wanted) > pool.cards * pool.gpu_memory_mib:
            return False
        sizes = [size for devices, size, count in wanted for _ in range(min(devices * count, _COPIES_MAX))]
        return self.load.fits(sizes)

    @cached_property
    def _wanted(self) -> list[tuple[int, int, int]]:
        """(cards, MiB of each, copies) of the present shares."""
        return [(s.devices, self._size(s), min(s.container.replicas, _COPIES_MAX)) for s in self.load.shares]

    def _size(self, share: PoolShare) -> int:
        return max(share.held_mib(self.load.pool), share.amount_mib)

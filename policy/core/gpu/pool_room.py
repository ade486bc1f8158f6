"""Whether a pool has a card for one more pod."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from fleet.gpu_memory import PoolShare
from policy.core.gpu.pools import PoolLoad, PoolRequest, whole_cards


class PoolRoom:
    """A pool's cards; the answer for each size of pods is cached."""

    def __init__(self, load: PoolLoad) -> None:
        self.load = load
        self._found: dict[tuple[tuple[int, int], ...], bool] = {}

    def has_room(self, more: Sequence[PoolRequest] = ()) -> bool:
        """Whether all pods find a card, with one more of each of `more`."""
        shares = [replace(request.share(self.load.pool), copies_min=1) for request in more]
        key = tuple(sorted((share.devices, share.amount_mib) for share in shares))
        if key not in self._found:
            by_memory = self.load.pool.sharing == "memory-amount"
            self._found[key] = self._fits(shares) if by_memory else self._places(shares)
        return self._found[key]

    def _places(self, more: Sequence[PoolShare]) -> bool:
        pool, wanted = self.load.pool, (*self._wanted, *more)
        places = pool.cards * (pool.shared_replicas if pool.sharing == "shared-device" else 1)
        fits = sum(share.copies_min * share.devices for share in wanted) <= places
        return fits and (pool.sharing == "shared-device" or self.load.fits(whole_cards(wanted, pool)))

    def _fits(self, more: Sequence[PoolShare]) -> bool:
        pool, wanted = self.load.pool, (*self._wanted, *more)
        if sum(share.total_mib for share in wanted) > pool.cards * pool.gpu_memory_mib:
            return False
        return self.load.fits([each for share in wanted for each in share.amounts(share.copies_min)])

    @cached_property
    def _wanted(self) -> list[PoolShare]:
        """The present shares."""
        return [request.share(self.load.pool) for request in self.load.requests]

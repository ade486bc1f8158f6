"""GPU memory arithmetic in MiB, shared by plans and policies. Imports no models."""

from __future__ import annotations

from collections.abc import Sequence


def share_label(group: str, container: str) -> str:
    """Name of a container's share of a card: `<group>`, or `<group>/<key>` for a sidecar."""
    return group if container == "main" else f"{group}/{container}"


def with_contexts(mib: int, processes: int, context_mib: int) -> int:
    """GPU memory including the CUDA contexts of its processes."""
    return mib + processes * context_mib


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

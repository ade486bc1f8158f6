"""GPU memory in MiB: the arithmetic that plans and policies share. No models: the policy pack imports it too."""

from __future__ import annotations

from collections.abc import Sequence


def share_label(group: str, container: str) -> str:
    """Name of a container's share of a card: its group's name; a sidecar's key follows a slash."""
    return group if container == "main" else f"{group}/{container}"


def with_contexts(mib: int, processes: int, context_mib: int) -> int:
    """An amount of GPU memory plus the CUDA contexts of the processes that use it."""
    return mib + processes * context_mib


def unplaced(sizes: Sequence[int], capacity: int, cards: int) -> int:
    """How many amounts find no card by first fit, largest first. Cards are alike and empty.

    A scheduler that spreads, or takes the amounts in another order, may need more cards, and never many fewer.
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

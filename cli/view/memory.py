"""GPU memory in use of a card or a node pool, as bar segments and a caption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.view import bar
from fleet.targets.gpu_use import CardUse, PoolUse
from fleet.text import thousands

if TYPE_CHECKING:
    from cli.diff.model import Card


@dataclass(frozen=True, slots=True)
class Taken:
    """The segments of a bar, and its caption."""

    parts: tuple[bar.Part, ...]
    figures: str


def of_card(card: CardUse) -> Taken:
    """Requests, contexts and the desktop's reserve of a card."""
    gpu = card.gpu
    parts = (
        *bar.shares([(share.label, share.budget.request_mib) for share in card.shares]),
        bar.overhead(f"contexts {card.processes} x {gpu.context_mib} =", card.context_mib),
        *([bar.reserve("desktop", gpu.reserve_mib)] if gpu.reserve_mib else []),
        bar.free(card.free_mib),
    )
    percent = f"{100 * card.committed_mib / gpu.memory_mib:.1f} %"
    figures = f"{gpu.model}   {thousands(card.committed_mib)} of {thousands(gpu.memory_mib)} MiB   {percent}"
    return Taken(parts, figures + (", of main memory" if gpu.unified else ""))


def of_compared_card(card: Card) -> Taken:
    """The same of a card or pool on one side of a comparison, without the groups."""
    parts = (
        *bar.shares([("requested", card.requested_mib)]),
        *([bar.overhead("contexts", card.context_mib)] if card.context_mib else []),
        *([bar.reserve("desktop", card.reserve_mib)] if card.reserve_mib else []),
        bar.free(card.free_mib),
    )
    used = thousands(card.capacity_mib - card.free_mib)
    return Taken(parts, f"{card.model}   {used} of {thousands(card.capacity_mib)} MiB")


def of_pool(use: PoolUse) -> Taken:
    """GPU memory of a pool taken by the minimum of copies."""
    gpu = use.gpu
    total = gpu.memory_mib * use.cards
    parts = (*bar.shares(use.taken), bar.free(total - sum(mib for _, mib in use.taken)))
    return Taken(parts, f"{use.name}: {use.cards} x {gpu.model} of {thousands(gpu.memory_mib)} MiB")


def copies(use: PoolUse) -> str:
    """How many copies request a card of a pool, and how many stay pending."""
    if not use.shares:
        return "unused"
    elastic = use.copies_max > use.copies_min
    wanted = f"{use.copies_min} to {use.copies_max} copies" if elastic else f"{use.copies_min} placed"
    pending = use.copies_max - use.placed("copies_max")
    return f"{wanted}; {f'{pending} would stay pending' if pending else 'all can be scheduled'}"

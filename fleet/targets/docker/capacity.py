"""The cards of a Docker machine, and what its groups reserve on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.model import ContainerGroup, GpuBudget, Machine, Stack
from fleet.targets.gpu_use import CardUse, Share


def cards_of(machine: Machine, budget: GpuBudget) -> tuple[str, ...]:
    """Keys of a budget's cards, in the machine's order; empty if it lacks one, or has more than an unnamed budget."""
    if budget.named:
        known = tuple(card for card in machine.gpus if card in budget.named)
        return known if len(known) == len(budget.named) else ()
    return tuple(machine.gpus) if budget.count in (None, len(machine.gpus)) else ()


def card_uses(stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[CardUse, ...]:
    """Every card of a stack's machine with its shares; without shares if the stack gives no GPUs."""
    shares = list(_shares(stack.machine, groups)) if stack.gives_gpus else []
    shares.sort(key=lambda share: (-share[1].budget.request_mib, share[1].label))
    return tuple(
        CardUse(name, gpu, tuple(share for card, share in shares if card == name))
        for name, gpu in stack.machine.gpus.items()
    )


def _shares(machine: Machine, groups: Sequence[ContainerGroup]) -> Iterator[tuple[str, Share]]:
    for group in groups:
        for key, container in group.containers.items():
            if container.gpu:
                share = Share(group.name, key, container.gpu)
                yield from ((card, share) for card in cards_of(machine, container.gpu))

"""The cards of a Docker machine, and what its groups reserve of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.model import ContainerGroup, GpuBudget, Machine, Stack
from fleet.targets.gpu_use import CardUse, Share


def card_of(machine: Machine, budget: GpuBudget) -> str | None:
    """Key of the card a budget is taken from; None where the machine lacks it or several could be meant."""
    if budget.card is not None:
        return budget.card if budget.card in machine.gpus else None
    return next(iter(machine.gpus)) if len(machine.gpus) == 1 else None


def card_uses(stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[CardUse, ...]:
    """Every card of a stack's machine with what its groups take; nothing where the stack gives no GPUs."""
    shares = list(_shares(stack.machine, groups)) if stack.gives_gpus else []
    return tuple(
        CardUse(name, gpu, tuple(sorted((s for card, s in shares if card == name), key=_biggest_first)))
        for name, gpu in stack.machine.gpus.items()
    )


def _shares(machine: Machine, groups: Sequence[ContainerGroup]) -> Iterator[tuple[str, Share]]:
    for group in groups:
        for key, container in group.containers.items():
            card = card_of(machine, container.gpu) if container.gpu else None
            if container.gpu and card:
                yield card, Share(group.name, key, container.gpu)


def _biggest_first(share: Share) -> tuple[int, str]:
    return -share.budget.request_mib, share.label

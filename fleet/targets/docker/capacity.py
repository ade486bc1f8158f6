"""The cards of a Docker machine, and what its groups reserve on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.model import ContainerGroup, GpuBudget, Machine, Stack
from fleet.targets.gpu_use import CardUse, Share


def card_of(machine: Machine, budget: GpuBudget) -> str | None:
    """Key of a budget's card; None if the machine lacks it, or has several and the budget names none."""
    if budget.card is not None:
        return budget.card if budget.card in machine.gpus else None
    return next(iter(machine.gpus)) if len(machine.gpus) == 1 else None


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
            card = card_of(machine, container.gpu) if container.gpu else None
            if container.gpu and card:
                yield card, Share(group.name, key, container.gpu)

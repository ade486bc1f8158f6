"""G10: on a machine with several cards, each is identified by its UUID.

An index is the order in which the driver finds the cards: a new card or another slot can change it, and a group then
runs on a card without its budget. NVIDIA's MPS documentation recommends UUIDs. A machine with one card is exempt, and
so are cards of other makers, whose device files have no stable name.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.source.redaction import shown
from policy.core.gpu.budgets import cards_of
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.container import DOCKER
from policy.views.stack import NVIDIA, MachineView, StackView

_WHY = "an index, which changes with the order of the cards"
_SEVERAL = 2


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for machine in stack.machines:
        if len(machine.cards) < _SEVERAL:
            continue
        for card in machine.cards:
            if card.vendor == NVIDIA and _is_index(card.device):
                problem = f"cards names {card.name} of {machine.name} by {shown(card.device)}, {_WHY}"
                remedy = f"set machine.gpus.{card.name}.device to the UUID that nvidia-smi -L prints"
                yield Finding("cards", problem, remedy, of=machine)
        yield from _past_the_machine(stack, machine)


def _past_the_machine(stack: StackView, machine: MachineView) -> Iterator[Finding]:
    """Containers that name a card themselves; cards of the machine are reported once, on the machine."""
    devices = {card.name: card.device for card in machine.cards}
    for container in stack.on(machine):
        if container.target != DOCKER:
            continue
        known = {devices.get(card) for card in cards_of(container)}
        by_index = [name for name in dict.fromkeys(container.gpu_ids) if _is_index(name) and name not in known]
        if by_index:
            problem = f"gpu_ids holds {', '.join(shown(name) for name in by_index)}, {_WHY}"
            yield Finding("gpu_ids", problem, of=container)


def _is_index(name: str) -> bool:
    """`0`, or `nvidia.com/gpu=0`."""
    return name.rpartition("=")[2].strip().isdecimal()


RULE = StackRule(
    id="G10",
    name="gpu-by-uuid",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="On a machine with several cards, each is identified by UUID, not by index.",
    remedy="set machine.gpus.<card>.device to the UUID that nvidia-smi -L prints",
    elsewhere="use the UUID that nvidia-smi -L prints",
    sources=("NVIDIA MPS documentation",),
    reads=("containers.gpu", "containers.gpu_ids", "containers.env", "containers.labels", "machines.cards"),
    check=_check,
)

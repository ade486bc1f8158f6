"""G08: a card's MPS daemon accepts all its client processes.

48 clients up to CUDA 13.0, 60 from 13.1, by NVIDIA's MPS document; a card without a daemon accepts none. A client
connects to one daemon, which serves one card here, so a container with several cards cannot use MPS.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import GPU_CARD
from fleet.text import addends
from policy.core.gpu.budgets import CardLoad, card_loads
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.stack import StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for load in card_loads(stack):
        yield from _too_many(load) if load.card.mps else _without_daemon(load)
        yield from _of_several_daemons(load)


def _of_several_daemons(load: CardLoad) -> Iterator[Finding]:
    for share in load.shares:
        if load.card.mps and len(share.budget.cards) > 1:
            problem = (
                f"label {GPU_CARD} names {', '.join(share.budget.cards)}, but a client of MPS on {load.title} connects "
                "to one daemon, so it sees that card only"
            )
            remedy = f"remove machine.gpus.{load.card.name}.mps, or give the container one card"
            yield Finding("labels", problem, remedy, of=share.container)


def _too_many(load: CardLoad) -> Iterator[Finding]:
    most = load.card.mps_clients_max
    if load.processes > most:
        shares = addends([(share.label, share.budget.processes) for share in load.shares])
        problem = (
            f"MPS on {load.title} accepts {most} clients, but there are {load.processes}: {shares}; "
            "the last to start get no GPU"
        )
        yield Finding("cards", problem, of=load.machine)


def _without_daemon(load: CardLoad) -> Iterator[Finding]:
    for share in load.shares:
        if share.budget.enforcement == "mps":
            problem = f"enforcement is mps, but {load.title} has no MPS daemon, so nothing limits its GPU memory"
            remedy = f"set machine.gpus.{load.card.name}.mps, or containers.<name>.gpu.enforcement to framework"
            yield Finding("labels", problem, remedy, of=share.container)


RULE = StackRule(
    id="G08",
    name="mps-clients",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="A card's MPS daemon accepts as many clients as there are CUDA processes.",
    remedy="lower containers.<name>.gpu.processes, move a group, or raise clients_max with CUDA 13.1",
    sources=("NVIDIA MPS document",),
    reads=("containers.labels", "machines.cards"),
    check=_check,
)

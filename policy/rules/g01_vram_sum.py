"""G01: the GPU memory that containers reserve fits each card.

Per card: `sum(request + processes x context) + desktop reserve <= capacity`. Requests, not limits: limits are
bursts, and their sum exceeds a card by design. Other stacks on the same machine are not visible here.

On a cluster, per node pool: by how the pool shares its cards (`policy/core/gpu/pool_fit.py`), times the minimum number
of replicas.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import GPU_CARD, GPU_LIMIT_MIB
from fleet.text import addends, thousands
from policy.core.gpu.budgets import CardLoad, card_loads, shares_on
from policy.core.gpu.pool_fit import pool_findings
from policy.core.gpu.pools import gpu_pods, pool_loads
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.container import DOCKER
from policy.views.stack import StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for load in card_loads(stack):
        yield from _sum_findings(load)
        yield from _limit_findings(load)
    yield from _unknown_cards(stack)
    for pool in pool_loads(stack):
        yield from pool_findings(pool)
    yield from _unknown_pools(stack)


def _sum_findings(load: CardLoad) -> Iterator[Finding]:
    card = load.card
    contexts = load.processes * card.context_mib
    total = load.held_mib
    if total <= card.capacity_mib or not load.shares:
        return
    requests = addends([(share.label, share.budget.request_mib) for share in load.shares])
    problem = (
        f"requests do not fit {load.title}: {requests} + contexts {load.processes} x {card.context_mib} = "
        f"{thousands(contexts)} + desktop {thousands(card.desktop_reserve_mib)} = {thousands(total)} of "
        f"{thousands(card.capacity_mib)} MiB, so the last to allocate fails"
    )
    over = thousands(total - card.capacity_mib)
    remedy = f"lower containers.<name>.gpu.request by {over} MiB in total, or move a group to another card"
    yield Finding("cards", problem, remedy, of=load.machine)


def _limit_findings(load: CardLoad) -> Iterator[Finding]:
    capacity = load.card.capacity_mib
    for share in load.shares:
        if share.budget.limit_mib > capacity:
            limit = thousands(share.budget.limit_mib)
            problem = f"label {GPU_LIMIT_MIB} is {limit} MiB, above {load.title} with {thousands(capacity)} MiB"
            remedy = "lower containers.<name>.gpu.limit to at most the card's memory"
            yield Finding("labels", problem, remedy, of=share.container)


def _unknown_cards(stack: StackView) -> Iterator[Finding]:
    for machine in stack.machines:
        cards = [card.name for card in machine.cards]
        for share in shares_on(stack, machine):
            for card in share.budget.cards if share.container.target == DOCKER else ():
                if card not in cards:
                    choice = f"has {', '.join(cards)}" if cards else "has none"
                    problem = f'label {GPU_CARD} is "{card}", but {machine.name} {choice}; it is in no sum'
                    remedy = "set containers.<name>.gpu.card to a card of the machine, or move the group"
                    yield Finding("labels", problem, remedy, of=share.container)


def _unknown_pools(stack: StackView) -> Iterator[Finding]:
    for machine in stack.machines:
        for named, container, pool in gpu_pods(stack, machine):
            if pool is None:
                pools = ", ".join(one.name for one in machine.pools)
                what = f'is "{named}"' if named else "is not set"
                remedy = f"set the node selector {machine.pool_label} to a pool"
                problem = f"pool {what}, but {machine.name} has {pools}; its GPU is in no sum"
                yield Finding("devices_asked", problem, remedy, of=container)


RULE = StackRule(
    id="G01",
    name="vram-sum",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    waivable=False,
    summary="GPU memory requests, CUDA contexts and the desktop reserve fit each card.",
    remedy="lower containers.<name>.gpu.request, or move a group to another card",
    reads=("containers.labels", "containers.devices_asked", "machines.cards", "machines.pools", "pods.node_selector"),
    check=_check,
)

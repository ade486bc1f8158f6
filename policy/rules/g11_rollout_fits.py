"""G11: a new version runs next to the old one only if both fit.

Kubernetes: a Deployment with maxUnavailable 0 starts the new pod first, which waits forever for a card if the old one
holds the last. Docker: a container without a fixed name is replaced by one that starts before it stops. Cloud Run: each
revision keeps its own minimum number of instances, within the maximum of all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from fleet.text import thousands
from policy.core.gpu.budgets import CardLoad, card_loads
from policy.core.gpu.pool_room import PoolRoom
from policy.core.gpu.pools import RESOURCES, asks_for_gpu, pool_loads, pool_of, request_of
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.cloudrun import SERVICE, RunView
from policy.views.kubernetes import PodView
from policy.views.stack import StackView

_COPIES = re.compile(r"^\s*(\d{1,9})\s*(%?)\s*$")
_DEFAULT_PERCENT = 25
"""Of both figures of a Deployment, by Kubernetes."""


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    rooms = {(load.machine.subject, load.pool.name): PoolRoom(load) for load in pool_loads(stack)}
    # G01 reports what does not fit already.
    rooms = {place: room for place, room in rooms.items() if room.load.pool.sharing in RESOURCES and room.has_room()}
    for machine in stack.machines:
        for pod, named in stack.pods_on(machine) if machine.pools else ():
            pool = pool_of(named, machine)
            room = rooms.get((machine.subject, pool.name)) if pool else None
            if room:
                yield from _on_a_pool(pod, room)
    for load in card_loads(stack):
        yield from _on_a_card(load)
    for run in stack.runs:
        yield from _in_a_cloud(run)


def _on_a_pool(pod: PodView, room: PoolRoom) -> Iterator[Finding]:
    requests = [request_of(container) for container in pod.containers if asks_for_gpu(container)]
    if (
        not requests
        or pod.kind != "Deployment"
        or pod.strategy not in ("", "RollingUpdate")
        or "strategy" in pod.unknown
    ):
        return
    replicas = max(container.replicas for container in pod.containers)
    surge, missing = math.ceil(_copies(pod.surge, replicas)), math.floor(_copies(pod.unavailable, replicas))
    if surge and not missing and not room.has_room(requests):
        problem = (
            f"surge is {surge} and no pod may be unavailable, but {room.load.title} has no free card, so the new pod "
            "waits for the card of the old one, which waits for the new pod"
        )
        remedy = "set rollout to {surge: 0, unavailable: 1} (outside a group: maxSurge 0 and maxUnavailable 1)"
        yield Finding("surge", problem, f"{remedy}, or add nodes to the pool", of=pod)


def _copies(text: str, replicas: int) -> float:
    """A number of pods, or a percentage of them; anything else is the default."""
    match = _COPIES.match(text)
    number, percent = (int(match[1]), match[2]) if match else (_DEFAULT_PERCENT, "%")
    return number * replicas / 100 if percent else number


def _on_a_card(load: CardLoad) -> Iterator[Finding]:
    card = load.card
    held = {share.container.subject: share.budget.request_mib + share.budget.processes * card.context_mib
            for share in load.shares}  # fmt: skip
    total = sum(held.values()) + card.desktop_reserve_mib
    if total > card.capacity_mib:
        return  # G01 reports it.
    for share in load.shares:
        again = held[share.container.subject]
        if not share.container.ends_first and total + again > card.capacity_mib:
            problem = (
                f"ends_first is false, so its replacement starts first, but {load.title} holds {thousands(total)} of "
                f"{thousands(card.capacity_mib)} MiB, with no room for another {thousands(again)} MiB"
            )
            yield Finding("ends_first", problem, of=share.container)


def _in_a_cloud(run: RunView) -> Iterator[Finding]:
    most, each = run.instances_max_all, run.instances_min_each
    if run.kind != SERVICE or not run.gpus or most is None or not each:
        return
    versions = max(2, len({entry.revision for entry in run.traffic if entry.percent or entry.tag}))
    if versions * each > most:
        problem = (
            f"instances_min_each is {each} with a GPU, so {versions} revisions need {versions * each} during a "
            f"rollout, but the service may have {most}"
        )
        remedy = "set scaling.minInstanceCount on the service instead of its template"
        yield Finding("instances_min_each", problem, f"{remedy}, or raise its maximum", of=run)


RULE = StackRule(
    id="G11",
    name="rollout-fits",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="A new version runs next to the old one only if the cards have room for both.",
    remedy="stop the old version first, or make room for both",
    elsewhere="set deleteBeforeReplace, or give the container a fixed name",
    on_cluster="set maxSurge 0 and maxUnavailable 1, or add nodes to the pool",
    reads=(
        "pods.strategy", "pods.replicas", "pods.node_selector", "containers.labels", "containers.devices_asked",
        "machines.cards", "machines.pools", "runs.gpus", "runs.instances_min", "runs.instances_max",
    ),
    check=_check,
)  # fmt: skip

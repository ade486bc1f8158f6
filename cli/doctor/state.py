"""Checks what an interrupted update left: a lock, a damaged file, unfinished creations, orphans. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cli.diagnostics.check import Check, expect, good, obstacle, warning
from cli.diagnostics.fix_commands import Fixes
from cli.doctor.facts import MachineFacts, StateFacts
from components.docker.render import deployed_networks
from fleet import labels
from fleet.plan.deployment import Deployment

_COMPOSE_PROJECT = "com.docker.compose.project"
_SUBJECT = "state"
_UNKNOWN = "exists, but the state does not have it: the next update would fail at its name"


def state_checks(deployment: Deployment, facts: MachineFacts, fixes: Fixes) -> Iterator[Check]:
    """Those of the backend, then containers and networks that an interrupted update left."""
    state = facts.state
    if state is None:
        return
    yield from backend_checks(deployment, state, fixes)
    if state.repair or (state.lock and state.lock.alive):
        return
    left = [*_containers(deployment, facts, state, fixes), *_networks(deployment, facts, state, fixes)]
    yield from left or [good(_SUBJECT, "resources", "it has every container and network of the stack on the machine")]


def backend_checks(deployment: Deployment, state: StateFacts, fixes: Fixes) -> Iterator[Check]:
    """The lock, damaged files and pending operations. A running update changes all else, which is left out then."""
    yield _lock(deployment, state, fixes)
    if state.lock and state.lock.alive:
        return
    if state.repair:
        problem = "an interrupted update left one unfinished: Pulumi cannot read it"
        yield obstacle(_SUBJECT, "files", problem, state.repair)
        return
    pending = f"an interrupted update left {', '.join(state.pending)}"
    refresh = fixes.pulumi("refresh", "--yes", "--clear-pending-creates", "--stack", deployment.stack)
    yield expect(_SUBJECT, "pending operations", not state.pending, "none", pending, refresh, obstacle)


def _lock(deployment: Deployment, state: StateFacts, fixes: Fixes) -> Check:
    lock = state.lock
    if lock is None:
        return good(_SUBJECT, "lock", f"none in {state.backend}")
    figure = f"held by {lock.owner} (pid {lock.pid}) since {lock.since}"
    cancel = fixes.pulumi("cancel", "--yes", deployment.stack)
    if lock.alive:
        running = warning(_SUBJECT, "lock", f"{figure}: an update is running", "wait for it, or end it by ^C")
        return replace(running, stops=True)
    ended = "which has ended" if lock.alive is False else "on another machine; if nothing runs there"
    return obstacle(_SUBJECT, "lock", f"{figure}, {ended}", cancel)


def _containers(deployment: Deployment, facts: MachineFacts, state: StateFacts, fixes: Fixes) -> Iterator[Check]:
    planned = {container.name: container for container in deployment.containers}
    for found in facts.containers:
        container = planned.get(found.name)
        if container is None or found.id in state.ids or _COMPOSE_PROJECT in found.labels:
            continue
        # Another's container is reported by the check of names.
        if all(found.labels.get(key) == container.labels[key] for key in (labels.GROUP, labels.CONTAINER)):
            yield obstacle(found.name, "state", _UNKNOWN, fixes.docker("rm", "-f", found.name))


def _networks(deployment: Deployment, facts: MachineFacts, state: StateFacts, fixes: Fixes) -> Iterator[Check]:
    for network in deployed_networks(deployment):
        found = facts.networks.get(network.name)
        if found and found.id not in state.ids and not found.composed:
            yield obstacle(network.name, "state", _UNKNOWN, fixes.docker("network", "rm", network.name))

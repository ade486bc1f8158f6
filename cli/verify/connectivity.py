"""Checks whether a container reaches each of its peers, on its own machine and on others. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cli.diagnostics.check import Check, good, unknown, wrong
from cli.diagnostics.fix_commands import Fixes
from cli.verify.facts import LiveFacts
from cli.verify.peers import Peer
from fleet.plan.planned_container import PlannedContainer

PEER = "peer "
"""Prefix of the check of a peer; its reference follows."""


def reach_checks(
    container: PlannedContainer, peers: tuple[Peer, ...], facts: LiveFacts, fixes: Fixes
) -> Iterator[Check]:
    """One check per peer of a running container."""
    if container.name not in facts.containers or not facts.containers[container.name].runs:
        return
    answers = facts.reach.get(container.name, {})
    for peer in peers:
        check = f"{PEER}{peer.ref}"
        show = fixes.logs(peer.container) if peer.stack == fixes.deployment.stack else f"fleet verify {peer.stack}"
        answer = answers if isinstance(answers, str) else answers.get(peer.place, "no answer came back")
        if peer.protocol != "tcp" and not isinstance(answers, str):
            answer = f"{peer.protocol} has no connection"
        if isinstance(answer, str):
            yield unknown(container.name, check, f"{peer.url} not checked: {answer}", show)
        elif answer.error:
            yield wrong(container.name, check, f"{peer.url} not reached: {answer.error.lower()}", show)
        else:
            yield good(container.name, check, f"{peer.url} in {answer.milliseconds:.1f} ms")

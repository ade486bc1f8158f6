"""Judges whether a container reaches each of its peers, on its own machine and on others. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cli.diagnostics.check import Check, good, unknown, wrong
from cli.diagnostics.fix_commands import Mends
from cli.verify.facts import LiveFacts
from cli.verify.peers import Peer
from fleet.plan.deployment import PlannedContainer

PEER = "peer "
"""What the name of a peer's check starts with; its reference follows."""


def reach_checks(
    container: PlannedContainer, peers: tuple[Peer, ...], facts: LiveFacts, mends: Mends
) -> Iterator[Check]:
    """One check a peer, of a container that runs."""
    if container.name not in facts.containers or not facts.containers[container.name].runs:
        return
    answers = facts.reach.get(container.name, {})
    for peer in peers:
        check, show = f"{PEER}{peer.ref}", _show(peer, mends)
        if isinstance(answers, str):
            yield unknown(container.name, check, f"{peer.url} not checked: {answers}", show)
        elif peer.protocol != "tcp":
            yield unknown(container.name, check, f"{peer.url} not checked: {peer.protocol} has no connection", show)
        elif peer.place not in answers:
            yield unknown(container.name, check, f"{peer.url} not checked: no answer came back", show)
        elif answers[peer.place].error:
            figure = f"{peer.url} not reached: {answers[peer.place].error.lower()}"
            yield wrong(container.name, check, figure, show)
        else:
            milliseconds = answers[peer.place].milliseconds
            yield good(container.name, check, f"{peer.url} in {milliseconds:.1f} ms")


def _show(peer: Peer, mends: Mends) -> str:
    if peer.stack == mends.stack:
        return mends.logs(peer.container)
    return f"fleet verify {peer.stack}"

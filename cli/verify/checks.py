"""Judges a deployed stack: what was planned against what is there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cli.diagnostics.check import Check, good, unknown, wrong
from cli.diagnostics.fix_commands import Mends
from cli.diagnostics.text import place
from cli.verify.connectivity import reach_checks
from cli.verify.container import container_checks
from cli.verify.facts import CardFacts, LiveFacts
from cli.verify.peers import Peer
from cli.verify.usage import use_checks
from components.docker.render import deployed_networks, is_closed, render_volume
from fleet.model.machine import ContainerNetwork
from fleet.plan.deployment import Deployment, PlannedVolume
from fleet.targets.gpu_use import CardUse
from fleet.text import plural, thousands

_CARD_FULL = 0.98
_SAME_CARD = 0.02
"""What two figures of one card's memory may differ by."""


def verify_checks(deployment: Deployment, peers: Mapping[str, tuple[Peer, ...]], facts: LiveFacts) -> list[Check]:
    """Every check of a stack: containers in start order, then networks, volumes and cards."""
    mends = Mends.of(deployment, facts.compose_file)
    if not facts.containers and deployment.containers:
        figure = f"not deployed: none of its {plural(len(deployment.containers), 'container')} exists"
        return [wrong(deployment.stack, "containers", figure, mends.deploy())]
    checks: list[Check] = []
    for container in deployment.containers:
        checks += container_checks(container, deployment, facts, mends)
        checks += use_checks(container, facts, mends)
        checks += reach_checks(container, peers[container.name], facts, mends)
    checks += [_network(network, deployment, facts, mends) for network in deployed_networks(deployment)]
    checks += [_volume(volume, facts, mends) for volume in deployment.volumes.values()]
    checks += _cards(deployment, facts, mends)
    return checks


def _network(planned: ContainerNetwork, deployment: Deployment, facts: LiveFacts, mends: Mends) -> Check:
    found = facts.networks.get(planned.name)
    if found is None:
        return wrong(planned.name, "network", "does not exist", mends.deploy())
    show = mends.docker("network", "inspect", planned.name)
    if str(planned.subnet) not in found.subnets:
        figure = f"has {', '.join(found.subnets) or 'no subnet'}, planned {planned.subnet}"
        return wrong(planned.name, "network", figure, show)
    if found.driver != "bridge":
        return wrong(planned.name, "network", f"its driver is {found.driver}, planned bridge", show)
    closed = is_closed(planned, deployment)
    if closed != found.closed:
        ways = {True: "no way out of the machine", False: "a way out of the machine"}
        return wrong(planned.name, "network", f"has {ways[found.closed]}, planned {ways[closed]}", show)
    return good(planned.name, "network", f"bridge {planned.subnet}{', closed' if closed else ''}")


def _volume(volume: PlannedVolume, facts: LiveFacts, mends: Mends) -> Check:
    found = facts.volumes.get(volume.name)
    if found is None:
        return wrong(volume.name, "volume", "does not exist", mends.deploy())
    options = render_volume(volume).get("driver_opts", {})
    if dict(found.options) != options:
        figure = f"lies in {place(found.options)}, planned {place(options)}"
        return wrong(volume.name, "volume", figure, mends.docker("volume", "inspect", volume.name))
    return good(volume.name, "volume", f"in {place(options)}")


def _cards(deployment: Deployment, facts: LiveFacts, mends: Mends) -> Iterator[Check]:
    for card in deployment.cards:
        if not card.shares:
            continue
        found = facts.cards.get(card.name, "none of its containers runs")
        if isinstance(found, str):
            show = mends.on_machine("nvidia-smi")
            yield unknown(card.name, "GPU memory", f"not read: {found}", show)
        else:
            yield _card(card, found, deployment, mends)


def _card(card: CardUse, found: CardFacts, deployment: Deployment, mends: Mends) -> Check:
    planned = card.gpu.memory_mib
    if abs(found.total_mib - planned) > planned * _SAME_CARD:
        figure = f"the card has {thousands(found.total_mib)} MiB, the stack says {thousands(planned)}"
        mend = f"correct machine.gpus.{card.name} in Pulumi.{deployment.stack}.yaml"
        return wrong(card.name, "GPU memory", figure, mend)
    figure = (
        f"{thousands(found.used_mib)} of {thousands(found.total_mib)} MiB used, "
        f"{thousands(card.committed_mib)} requested with contexts and desktop"
    )
    share = found.used_mib / found.total_mib
    if share >= _CARD_FULL:
        return wrong(card.name, "GPU memory", f"{figure}: nearly full", mends.on_machine("nvidia-smi"), share=share)
    return good(card.name, "GPU memory", figure, share=share)

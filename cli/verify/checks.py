"""Compares a deployed stack with its plan. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from cli.diagnostics.check import Check, expect, good, unknown, wrong
from cli.diagnostics.fix_commands import Fixes
from cli.diagnostics.text import place
from cli.verify.connectivity import reach_checks
from cli.verify.container import container_checks
from cli.verify.facts import LiveFacts, card_is_read
from cli.verify.peers import Peer
from cli.verify.usage import use_checks
from components.docker.render import deployed_networks, is_closed, render_volume
from fleet.model.machine import ContainerNetwork
from fleet.plan.deployment import Deployment, PlannedVolume
from fleet.targets.gpu_use import CardUse
from fleet.text import plural, thousands

_CARD_FULL = 0.98
_SAME_CARD = 0.02
"""Tolerance between reported and configured memory of one card."""


def verify_checks(deployment: Deployment, peers: Mapping[str, tuple[Peer, ...]], facts: LiveFacts) -> list[Check]:
    """Every check of a stack: containers in start order, then networks, volumes and cards."""
    fixes = Fixes(deployment, facts.compose_file)
    if not facts.containers and deployment.containers:
        figure = f"not deployed: none of its {plural(len(deployment.containers), 'container')} exists"
        return [wrong(deployment.stack, "containers", figure, fixes.deploy())]
    checks: list[Check] = []
    for container in deployment.containers:
        checks += container_checks(container, deployment, facts, fixes)
        checks += use_checks(container, facts, fixes)
        checks += reach_checks(container, peers[container.name], facts, fixes)
    checks += [_network(network, deployment, facts, fixes) for network in deployed_networks(deployment)]
    checks += [_volume(volume, facts, fixes) for volume in deployment.volumes.values()]
    checks += [_card(card, facts, fixes) for card in deployment.cards if card.shares and card_is_read(card.gpu)]
    return checks


def _network(planned: ContainerNetwork, deployment: Deployment, facts: LiveFacts, fixes: Fixes) -> Check:
    found = facts.networks.get(planned.name)
    if found is None:
        return wrong(planned.name, "network", "does not exist", fixes.deploy())
    closed = is_closed(planned, deployment)
    problem = ""
    if str(planned.subnet) not in found.subnets:
        problem = f"has {', '.join(found.subnets) or 'no subnet'}, planned {planned.subnet}"
    elif found.driver != "bridge":
        problem = f"its driver is {found.driver}, planned bridge"
    elif closed != found.closed:
        kinds = {True: "internal", False: "connected to the outside"}
        problem = f"is {kinds[found.closed]}, planned {kinds[closed]}"
    figure = f"bridge {planned.subnet}{', internal' if closed else ''}"
    return expect(
        planned.name, "network", not problem, figure, problem, fixes.docker("network", "inspect", planned.name)
    )


def _volume(volume: PlannedVolume, facts: LiveFacts, fixes: Fixes) -> Check:
    found = facts.volumes.get(volume.name)
    if found is None:
        return wrong(volume.name, "volume", "does not exist", fixes.deploy())
    options = render_volume(volume).get("driver_opts", {})
    problem = f"in {place(found.options)}, planned {place(options)}"
    show = fixes.docker("volume", "inspect", volume.name)
    return expect(volume.name, "volume", dict(found.options) == options, f"in {place(options)}", problem, show)


def _card(card: CardUse, facts: LiveFacts, fixes: Fixes) -> Check:
    show = fixes.on_machine("nvidia-smi")
    found = facts.cards.get(card.name, "none of its containers runs")
    if isinstance(found, str):
        return unknown(card.name, "GPU memory", f"not read: {found}", show)
    configured, used, total = card.gpu.memory_mib, thousands(found.used_mib), thousands(found.total_mib)
    if abs(found.total_mib - configured) > configured * _SAME_CARD:
        figure = f"the card has {total} MiB, configured {thousands(configured)}"
        return wrong(card.name, "GPU memory", figure, f"correct machine.gpus.{card.name} in {fixes.stack_file}")
    figure = f"{used} of {total} MiB used, {thousands(card.committed_mib)} requested with contexts and desktop"
    share = found.used_mib / found.total_mib
    if share >= _CARD_FULL:
        return wrong(card.name, "GPU memory", f"{figure}: nearly full", show, share=share)
    return good(card.name, "GPU memory", figure, share=share)

"""Gathers the facts of a deployed stack from its daemon: waits for health, then reads the rest once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from docker import DockerClient

from cli.verify.facts import CardFacts, ContainerFacts, LiveFacts, card_is_read
from cli.verify.peers import Peer
from cli.verify.probes import card_memory, reach
from cli.verify.read_docker import read_containers, read_images, read_networks, read_use, read_volumes
from fleet.plan.deployment import Deployment

PAUSE_S = 3.0
"""Between two reads of containers that are not healthy yet."""

_CONCURRENCY = 8
"""Concurrent requests to a daemon: sshd allows ten sessions per connection."""


def gather(
    client: DockerClient,
    deployment: Deployment,
    peers: Mapping[str, tuple[Peer, ...]],
    retries: int,
    report: Callable[[str], None],
) -> LiveFacts:
    """All facts; re-reads containers that may become healthy up to `retries` times, with a report of each wait."""
    containers = _settled(client, deployment, retries, report)
    running = {name: facts for name, facts in containers.items() if facts.runs}
    # A TCP connection does not test a UDP port.
    places = {name: [peer.place for peer in peers[name] if peer.protocol == "tcp"] for name in running}
    probed = [name for name in running if places[name]]
    with ThreadPoolExecutor(_CONCURRENCY) as pool:
        # Before the probes, which use the CPU themselves.
        use = dict(zip(running, pool.map(lambda facts: read_use(client, facts.id), running.values()), strict=True))
        answers = pool.map(lambda name: reach(client, running[name].id, places[name]), probed)
        reached = dict(zip(probed, answers, strict=True))
    images = read_images(client, [container.image for container in deployment.containers])
    return LiveFacts(
        containers=containers,
        image_ids={reference: image["Id"] for reference, image in images.items()},
        volumes=read_volumes(client),
        networks=read_networks(client),
        use=use,
        reach=reached,
        cards=_cards(client, deployment, running),
    )


def may_become_healthy(facts: ContainerFacts) -> bool:
    """Whether another read may find it healthy: it starts, restarts, or its next check may pass."""
    state = facts.state
    if state.status == "created":
        # With an error the daemon has given up.
        return not state.error
    return state.status == "restarting" or (facts.runs and state.health in ("starting", "unhealthy"))


def _settled(
    client: DockerClient, deployment: Deployment, retries: int, report: Callable[[str], None]
) -> dict[str, ContainerFacts]:
    containers = read_containers(client, [container.name for container in deployment.containers])
    reported: list[str] = []
    for left in range(retries, 0, -1):
        waiting = [name for name, facts in containers.items() if may_become_healthy(facts)]
        if not waiting:
            break
        if waiting != reported:
            report(f"waiting up to {left * PAUSE_S:g} s for {', '.join(waiting)} to become healthy")
            reported = waiting
        time.sleep(PAUSE_S)
        containers |= read_containers(client, waiting)
    return containers


def _cards(
    client: DockerClient, deployment: Deployment, running: Mapping[str, ContainerFacts]
) -> dict[str, CardFacts | str]:
    cards: dict[str, CardFacts | str] = {}
    for container in deployment.containers:
        if container.gpu is None or container.name not in running:
            continue
        own = [card for card, gpu in container.gpu.cards.items() if card_is_read(gpu)]
        unread = [card for card in own if not isinstance(cards.get(card), CardFacts)]
        if unread:
            devices = {card: gpu.device for card, gpu in container.gpu.cards.items()}
            found = card_memory(client, running[container.name].id, devices)
            cards |= {card: found if isinstance(found, str) else found[card] for card in unread}
    return cards

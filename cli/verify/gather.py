"""Gathers the facts of a deployed stack from its daemon: waits for health, then looks once at everything else."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from docker import DockerClient

from cli.verify.facts import CardFacts, ContainerFacts, LiveFacts, Reach
from cli.verify.peers import Peer
from cli.verify.probes import card_memory, reach
from cli.verify.read_docker import read_containers, read_image_ids, read_networks, read_use, read_volumes
from fleet.plan.deployment import Deployment

PAUSE_S = 3.0
"""Between two looks at containers that are not healthy yet."""

_AT_ONCE = 8
"""Questions to a daemon at the same time: sshd allows ten sessions a connection."""

Tell = Callable[[str], None]


def gather(
    client: DockerClient, deployment: Deployment, peers: Mapping[str, tuple[Peer, ...]], retries: int, tell: Tell
) -> LiveFacts:
    """All facts of a deployment; looks up to `retries` times more at containers that may still become healthy.

    tell: gets a line whenever it waits.
    """
    containers = _settled(client, deployment, retries, tell)
    running = {name: facts for name, facts in containers.items() if facts.runs}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        # Before the probes, which use the processor themselves.
        use = dict(zip(running, pool.map(lambda facts: read_use(client, facts.id), running.values()), strict=True))
        reached = _reach(client, pool, running, peers)
    return LiveFacts(
        containers=containers,
        image_ids=read_image_ids(client, [container.image for container in deployment.containers]),
        volumes=read_volumes(client),
        networks=read_networks(client),
        use=use,
        reach=reached,
        cards=_cards(client, deployment, running),
    )


def may_become_healthy(facts: ContainerFacts) -> bool:
    """Whether another look may find better: it starts, starts again, or its next check may pass."""
    state = facts.state
    if state.status == "created":
        # With an error the daemon has given up on it.
        return not state.error
    return state.status == "restarting" or (facts.runs and state.health in ("starting", "unhealthy"))


def _settled(client: DockerClient, deployment: Deployment, retries: int, tell: Tell) -> dict[str, ContainerFacts]:
    containers = read_containers(client, [container.name for container in deployment.containers])
    told: list[str] = []
    for left in range(retries, 0, -1):
        waiting = [name for name, facts in containers.items() if may_become_healthy(facts)]
        if not waiting:
            break
        if waiting != told:
            tell(f"waiting for {', '.join(waiting)} to become healthy, {left * PAUSE_S:g} s at most")
            told = waiting
        time.sleep(PAUSE_S)
        containers |= read_containers(client, waiting)
    return containers


def _reach(
    client: DockerClient,
    pool: ThreadPoolExecutor,
    running: Mapping[str, ContainerFacts],
    peers: Mapping[str, tuple[Peer, ...]],
) -> dict[str, Mapping[str, Reach] | str]:
    # A connection tells nothing of a protocol that has none.
    places = {name: [peer.place for peer in peers[name] if peer.protocol == "tcp"] for name in running}
    asking = [name for name in running if places[name]]
    return dict(zip(asking, pool.map(lambda name: reach(client, running[name].id, places[name]), asking), strict=True))


def _cards(
    client: DockerClient, deployment: Deployment, running: Mapping[str, ContainerFacts]
) -> dict[str, CardFacts | str]:
    found: dict[str, CardFacts | str] = {}
    for container in deployment.containers:
        if container.gpu and container.name in running and not isinstance(found.get(container.gpu.card), CardFacts):
            found[container.gpu.card] = card_memory(client, running[container.name].id)
    return found

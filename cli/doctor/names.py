"""Judges whether the names, addresses and ports of a deployment are free on a machine. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from cli.diagnostics.check import Check, good, warning, wrong
from cli.diagnostics.fix_commands import Mends
from cli.diagnostics.text import place
from cli.doctor.facts import MachineFacts, NeighbourFacts
from components.docker.render import deployed_networks, render_volume
from fleet import labels
from fleet.model.machine import ContainerNetwork
from fleet.plan.deployment import Deployment, PlannedContainer, PlannedVolume, PublishedPort
from fleet.text import plural

_EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104  (addresses a neighbour's port may be open on)
_COMPOSE_PROJECT = "com.docker.compose.project"


def name_checks(deployment: Deployment, facts: MachineFacts, mends: Mends) -> Iterator[Check]:
    """Names of containers, volumes and networks; their subnets; ports. What is free is told in one check a kind."""
    yield from _containers(deployment, facts, mends)
    yield from _volumes(deployment, facts, mends)
    for network in deployed_networks(deployment):
        yield _network(network, facts, mends)
        yield _subnet(network, deployment, facts, mends)
        yield _pools(network, deployment, facts, mends)
    yield from _ports(deployment, facts, mends)


def _containers(deployment: Deployment, facts: MachineFacts, mends: Mends) -> Iterator[Check]:
    there = {neighbour.name: neighbour for neighbour in facts.containers}
    ours, composed = 0, ""
    taken = False
    for container in deployment.containers:
        neighbour = there.get(container.name)
        if neighbour is None:
            continue
        if not _is_ours(container, neighbour):
            taken = True
            figure = "a container that is not ours has its name"
            yield wrong(container.name, "name", figure, mends.docker("rename", container.name, f"{container.name}-old"))
            continue
        ours += 1
        composed = composed or neighbour.labels.get(_COMPOSE_PROJECT, "")
    if composed:
        figure = f"{plural(ours, 'container')} of Compose project {composed} run; Pulumi would meet their names taken"
        yield warning("containers", "names", figure, mends.docker("compose", "-p", composed, "down"))
    elif not taken:
        figure = f"{plural(len(deployment.containers), 'name')} free" + (f" or ours ({ours} deployed)" if ours else "")
        yield good("containers", "names", figure)


def _is_ours(container: PlannedContainer, neighbour: NeighbourFacts) -> bool:
    return all(neighbour.labels.get(label) == container.labels[label] for label in (labels.GROUP, labels.CONTAINER))


def _volumes(deployment: Deployment, facts: MachineFacts, mends: Mends) -> Iterator[Check]:
    clashes = [check for volume in deployment.volumes.values() for check in _volume(volume, facts, mends)]
    yield from clashes
    if deployment.volumes and not clashes:
        ours = sum(volume.name in facts.volumes for volume in deployment.volumes.values())
        figure = f"{plural(len(deployment.volumes), 'name')} free" + (f" or ours ({ours} there)" if ours else "")
        yield good("volumes", "names", figure)


def _volume(volume: PlannedVolume, facts: MachineFacts, mends: Mends) -> Iterator[Check]:
    found = facts.volumes.get(volume.name)
    if found is None:
        return
    if labels.GROUP not in found.labels:
        show = mends.docker("volume", "inspect", volume.name)
        yield wrong(volume.name, "name", "a volume that is not ours has its name", show)
    elif dict(found.options) != (options := render_volume(volume).get("driver_opts", {})):
        figure = f"is there, in {place(found.options)}; the stack says {place(options)}, and Docker would keep the old"
        # A copy first: whoever follows the command must not lose what the old one holds.
        move = f"copy what it holds, then {mends.docker('volume', 'rm', volume.name)}"
        yield wrong(volume.name, "place", figure, move)


def _network(planned: ContainerNetwork, facts: MachineFacts, mends: Mends) -> Check:
    found = facts.networks.get(planned.name)
    if found is None:
        return good(planned.name, "name", "free")
    if str(planned.subnet) in found.subnets and found.driver == "bridge":
        return good(planned.name, "name", "ours, deployed")
    figure = f"a network {', '.join(found.subnets) or found.driver} has its name; the stack says {planned.subnet}"
    return wrong(planned.name, "name", figure, mends.docker("network", "rm", planned.name))


def _key(network: ContainerNetwork, deployment: Deployment) -> str:
    """Where the stack's file says the subnet."""
    machine = deployment.machine
    by_name = {machine.tenant_network(tenant).name: f"tenants.{tenant}" for tenant in deployment.tenants}
    return f"machine.{by_name.get(network.name, 'network')}.subnet"


def _subnet(planned: ContainerNetwork, deployment: Deployment, facts: MachineFacts, mends: Mends) -> Check:
    for name, network in sorted(facts.networks.items()):
        for subnet in network.subnets:
            other = ip_network(subnet, strict=False)
            if name != planned.name and other.version == planned.subnet.version and planned.subnet.overlaps(other):
                figure = f"{planned.subnet} overlaps network {name} ({subnet})"
                mend = f"set {_key(planned, deployment)} in {mends.stack_file} to a free /24 of 10.210.0.0/16"
                return wrong(planned.name, "subnet", figure, f"{mend}, or {mends.docker('network', 'rm', name)}")
    return good(planned.name, "subnet", f"{planned.subnet} overlaps none of {plural(len(facts.networks), 'network')}")


def _pools(planned: ContainerNetwork, deployment: Deployment, facts: MachineFacts, mends: Mends) -> Check:
    for pool in facts.daemon.pools:
        other = ip_network(pool, strict=False)
        if (
            other.version == planned.subnet.version
            and planned.subnet.overlaps(other)
            and not planned.inside_docker_pool
        ):
            figure = f"{planned.subnet} lies in the daemon's pool {pool}, which it hands out by itself"
            mend = f"set {_key(planned, deployment)} in {mends.stack_file} to a /24 outside it"
            return warning(planned.name, "address pools", figure, mend)
    pools = ", ".join(facts.daemon.pools) or "Docker's own, which the stack is checked against when it is loaded"
    return good(planned.name, "address pools", pools)


def _ports(deployment: Deployment, facts: MachineFacts, mends: Mends) -> Iterator[Check]:
    own = {container.name for container in deployment.containers}
    planned = [port for container in deployment.containers for port in container.ports]
    others = [neighbour for neighbour in facts.containers if neighbour.name not in own]
    for port in planned:
        place = f"{port.address}:{port.host_port}"
        holder = next((neighbour.name for neighbour in others if _holds(neighbour, port)), None)
        if holder:
            stop = mends.docker("stop", holder)
            yield wrong(place, "port", f"container {holder} has it", stop)
        else:
            yield good(place, "port", f"no other container has it ({port.protocol})")


def _holds(neighbour: NeighbourFacts, port: PublishedPort) -> bool:
    return any(
        number == port.host_port and protocol == port.protocol and (address in _EVERYWHERE or address == port.address)
        for address, number, protocol in neighbour.ports
    )

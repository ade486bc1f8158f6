"""Checks whether the names, addresses and ports of a deployment are free on a machine. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network

from cli.diagnostics.check import Check, expect, good, obstacle, warning, wrong
from cli.diagnostics.fix_commands import Fixes
from cli.diagnostics.text import place
from cli.doctor.facts import MachineFacts, NeighbourFacts
from components.docker.render import deployed_networks, render_volume
from fleet import labels
from fleet.model.machine import ContainerNetwork
from fleet.plan.deployment import Deployment, PlannedVolume
from fleet.plan.planned_container import PublishedPort
from fleet.text import plural

_EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104  (addresses a neighbour's port may be open on)
_COMPOSE_PROJECT = "com.docker.compose.project"


def name_checks(deployment: Deployment, facts: MachineFacts, fixes: Fixes) -> Iterator[Check]:
    """Names of containers, volumes and networks; their subnets; ports. Free names share one check per kind."""
    yield from _containers(deployment, facts, fixes)
    yield from _volumes(deployment, facts, fixes)
    for network in deployed_networks(deployment):
        yield _network(network, facts, fixes)
        yield _subnet(network, deployment, facts, fixes)
        yield _pools(network, deployment, facts, fixes)
    for container in deployment.containers:
        for port in container.ports:
            yield _port(port, deployment, facts, fixes)


def _containers(deployment: Deployment, facts: MachineFacts, fixes: Fixes) -> Iterator[Check]:
    existing = {neighbour.name: neighbour for neighbour in facts.containers}
    own: list[NeighbourFacts] = []
    foreign: list[NeighbourFacts] = []
    for container in deployment.containers:
        if neighbour := existing.get(container.name):
            keys = (labels.GROUP, labels.CONTAINER)
            is_own = all(neighbour.labels.get(key) == container.labels[key] for key in keys)
            (own if is_own else foreign).append(neighbour)
    for neighbour in foreign:
        rename = fixes.docker("rename", neighbour.name, f"{neighbour.name}-old")
        taken = wrong(neighbour.name, "name", "the name is taken by another container", rename)
        yield replace(taken, stops=not _is_owned(neighbour.id, facts))
    composed = next(filter(None, (neighbour.labels.get(_COMPOSE_PROJECT) for neighbour in own)), None)
    if composed:
        figure = f"{plural(len(own), 'container')} of Compose project {composed} run; their names are taken for Pulumi"
        down = fixes.docker("compose", "-p", composed, "down")
        yield replace(warning("containers", "names", figure, down), stops=True)
    elif not foreign:
        yield _free("containers", len(deployment.containers), f"{len(own)} deployed" if own else "")


def _free(subject: str, names: int, own: str) -> Check:
    return good(subject, "names", f"{plural(names, 'name')} free{f' or taken by this stack ({own})' if own else ''}")


def _volumes(deployment: Deployment, facts: MachineFacts, fixes: Fixes) -> Iterator[Check]:
    clashes = [check for volume in deployment.volumes.values() for check in _volume(volume, facts, fixes)]
    yield from clashes
    if deployment.volumes and not clashes:
        own = sum(volume.name in facts.volumes for volume in deployment.volumes.values())
        yield _free("volumes", len(deployment.volumes), f"{own} exist" if own else "")


def _volume(volume: PlannedVolume, facts: MachineFacts, fixes: Fixes) -> Iterator[Check]:
    found = facts.volumes.get(volume.name)
    if found is None:
        return
    if labels.GROUP not in found.labels:
        show = fixes.docker("volume", "inspect", volume.name)
        yield wrong(volume.name, "name", "the name is taken by another volume", show)
    elif dict(found.options) != (options := render_volume(volume).get("driver_opts", {})):
        figure = f"exists in {place(found.options)}, configured {place(options)}; Docker would keep the old place"
        # A copy first: the command alone would lose the data.
        move = f"copy its data, then {fixes.docker('volume', 'rm', volume.name)}"
        yield wrong(volume.name, "place", figure, move)


def _network(planned: ContainerNetwork, facts: MachineFacts, fixes: Fixes) -> Check:
    found = facts.networks.get(planned.name)
    if found is None:
        return good(planned.name, "name", "free")
    is_own = str(planned.subnet) in found.subnets and found.driver == "bridge"
    problem = f"the name is taken by a network {', '.join(found.subnets) or found.driver}, configured {planned.subnet}"
    remove = fixes.docker("network", "rm", planned.name)
    return expect(planned.name, "name", is_own, "deployed by this stack", problem, remove)


def _subnet_key(network: ContainerNetwork, deployment: Deployment) -> str:
    machine = deployment.machine
    by_name = {machine.tenant_network(tenant).name: f"tenants.{tenant}" for tenant in deployment.tenants}
    return f"machine.{by_name.get(network.name, 'network')}.subnet"


def _overlaps(planned: ContainerNetwork, subnet: str) -> bool:
    other = ip_network(subnet, strict=False)
    return other.version == planned.subnet.version and planned.subnet.overlaps(other)


def _subnet(planned: ContainerNetwork, deployment: Deployment, facts: MachineFacts, fixes: Fixes) -> Check:
    for name, network in sorted(facts.networks.items()):
        for subnet in network.subnets:
            if name != planned.name and _overlaps(planned, subnet):
                figure = f"{planned.subnet} overlaps network {name} ({subnet})"
                fix = f"set {_subnet_key(planned, deployment)} in {fixes.stack_file} to a free /24 of 10.210.0.0/16"
                overlaps = wrong(planned.name, "subnet", figure, f"{fix}, or {fixes.docker('network', 'rm', name)}")
                return replace(overlaps, stops=not _is_owned(network.id, facts))
    return good(planned.name, "subnet", f"{planned.subnet} overlaps none of {plural(len(facts.networks), 'network')}")


def _pools(planned: ContainerNetwork, deployment: Deployment, facts: MachineFacts, fixes: Fixes) -> Check:
    pool = next((pool for pool in facts.daemon.pools if _overlaps(planned, pool)), None)
    problem = f"{planned.subnet} is in the daemon's address pool {pool}"
    fix = f"set {_subnet_key(planned, deployment)} in {fixes.stack_file} to a /24 outside it"
    pools = ", ".join(facts.daemon.pools) or "Docker's defaults, checked when the stack was loaded"
    passed = pool is None or planned.inside_docker_pool
    return expect(planned.name, "address pools", passed, pools, problem, fix, warning)


def _port(port: PublishedPort, deployment: Deployment, facts: MachineFacts, fixes: Fixes) -> Check:
    own = {container.name for container in deployment.containers}
    subject, place = f"{port.address}:{port.host_port}", (port.address, port.host_port, port.protocol)
    bindings = {(address, *place[1:]) for address in (*_EVERYWHERE, port.address)}
    users = [neighbour for neighbour in facts.containers if neighbour.ports & bindings]
    for neighbour in users:
        if neighbour.name not in own:
            used = wrong(subject, "port", f"used by container {neighbour.name}", fixes.docker("stop", neighbour.name))
            return replace(used, stops=not _is_owned(neighbour.id, facts))
    # Docker itself listens on the ports of containers.
    if facts.host and not users and place in facts.host.taken_ports:
        show = fixes.on_machine(f"sudo ss -lnp --{port.protocol} 'sport = {port.host_port}'")
        return obstacle(subject, "port", "used by a program of the machine, not by a container", show)
    return good(subject, "port", f"not used by another container ({port.protocol})")


def _is_owned(resource_id: str, facts: MachineFacts) -> bool:
    """Whether the stack's state has a resource, so that an update may remove it first."""
    return facts.state is not None and resource_id in facts.state.ids

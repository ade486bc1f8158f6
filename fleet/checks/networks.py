"""Hosts and subnets do not conflict."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations
from posixpath import normpath

from fleet.model import Fleet, Machine
from fleet.model.hosts import address_of, split_port
from fleet.model.machine import ContainerNetwork
from fleet.source.faults import Fault
from fleet.source.locations import Sources

_DOCKER_POOLS = tuple(
    IPv4Network(cidr)
    for cidr in (
        "172.17.0.0/16", "172.18.0.0/16", "172.19.0.0/16", "172.20.0.0/14", "172.24.0.0/14", "172.28.0.0/14",
        "192.168.0.0/16",
    )
)  # fmt: skip
"""Docker's default local address pools (moby, libnetwork/ipamutils)."""

_K3S_RANGES = {"pods": IPv4Network("10.42.0.0/16"), "services": IPv4Network("10.43.0.0/16")}
"""Default ranges of k3s, by its requirements document."""

_DOCKER_NETWORKS = frozenset({"bridge", "default", "docker_gwbridge", "host", "ingress", "none", "nat"})
_NETWORK_MODES = frozenset({"container", "ns", "pasta", "private", "slirp4netns"})
"""What `docker run --network` and Podman's take besides a network's name."""
_SSH_PORT = "22"

_DOCKER0 = IPv4Address("172.17.0.1")
"""The address of every host on its own default bridge."""

_FREE_SUBNET = "use a free /24 of 10.210.0.0/16"


def ensure_hosts_are_distinct(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No two stacks describe the same host: each would ignore what the other uses.

    A sandbox may share its host's connection: it may run on the machine you work at.
    """
    for first, second in combinations(fleet.stacks.values(), 2):
        one, two = first.machine, second.machine
        if one.name == two.name:
            problem = f'"{two.name}" is already the name of {first.name}'
            yield sources.stack_fault(second.name, ("machine", "name"), problem, "give each machine its own name")
        if first.sandbox or second.sandbox:
            continue
        shared = _addresses(one) & _addresses(two)
        if _host(one.connection) == _host(two.connection):
            problem = f"{two.connection} is also the host of {first.name}"
            remedy = "use one stack per machine: merge the two, or correct the address"
            yield sources.stack_fault(second.name, ("machine", "connection"), problem, remedy)
        elif one.lan_address and one.lan_address == two.lan_address:
            problem = f"{two.lan_address} is also the address of {first.name}"
            yield sources.stack_fault(second.name, ("machine", "lan_address"), problem, "correct one of the two")
        elif shared:
            problem = f"{shared.pop()} is an address of both {first.name} and {second.name}"
            yield sources.stack_fault(second.name, ("machine", "connection"), problem, "use one stack per machine")


def ensure_lan_addresses_are_on_a_lan(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No LAN address is that of the host's own default bridge, which no other machine reaches."""
    for stack in fleet.stacks.values():
        if stack.machine.lan_address == _DOCKER0:
            problem = f"{_DOCKER0} is the address of docker0, the same on every Docker host"
            yield sources.stack_fault(
                stack.name, ("machine", "lan_address"), problem, "set the address other machines reach it by"
            )


def ensure_subnets_are_disjoint(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No container subnet overlaps another machine's, Docker's default pools, the k3s ranges or the LAN."""
    networks = list(_networks(fleet))
    for (first, _, one), (second, path, two) in combinations(networks, 2):
        if one.subnet.overlaps(two.subnet):
            problem = f"{two.subnet} overlaps {one.name} of {first} ({one.subnet})"
            yield sources.stack_fault(second, (*path, "subnet"), problem, _FREE_SUBNET)
        if one.name == two.name:
            problem = f'"{two.name}" is also the network of {first}'
            yield sources.stack_fault(second, (*path, "name"), problem, "name it after its machine")
    for name, path, network in networks:
        pool = next((pool for pool in _DOCKER_POOLS if pool.overlaps(network.subnet)), None)
        if pool and not network.inside_docker_pool:
            problem = f"{network.subnet} is inside Docker's default pool {pool}, which Docker allocates from"
            remedy = f"{_FREE_SUBNET}, or set inside_docker_pool: true if this is intended"
            yield sources.stack_fault(name, (*path, "subnet"), problem, remedy)
        ranges = [f"{what} ({one})" for what, one in _K3S_RANGES.items() if one.overlaps(network.subnet)]
        if ranges:
            problem = f"{network.subnet} overlaps the k3s range for {' and '.join(ranges)}"
            yield sources.stack_fault(name, (*path, "subnet"), problem, _FREE_SUBNET)
        addresses = {stack.name: stack.machine.lan_address for stack in fleet.members}
        inside = [f"{whose} ({one})" for whose, one in addresses.items() if one and one in network.subnet]
        if inside:
            problem = f"{network.subnet} contains the LAN address of {' and '.join(inside)}"
            yield sources.stack_fault(name, (*path, "subnet"), problem, _FREE_SUBNET)


def _networks(fleet: Fleet) -> Iterator[tuple[str, tuple[str, ...], ContainerNetwork]]:
    """Every network of every machine: stack, path in its file, network."""
    for stack in fleet.stacks.values():
        machine = stack.machine
        if machine.bridge:
            yield stack.name, ("machine", "network"), machine.bridge
            for tenant in machine.tenants:
                yield stack.name, ("machine", "tenants", tenant), machine.tenant_network(tenant)


def ensure_host_networks_stand_alone(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A container in the host's network has no name in the containers' network, nor the isolation of a tenant."""
    users = {ref.partition("/")[0]: other.name for other in fleet.groups.values() for ref in other.peers}
    for name, group in fleet.groups.items():
        on_host = [key for key, container in group.containers.items() if container.hardening.host_network]
        if not on_host:
            continue
        path = ("containers", on_host[0], "hardening", "host_network")
        for wrong, problem, remedy in (
            (group.tenant, f"leaves the network of tenant {group.tenant}", "drop it, or tenant"),
            (group.peers, "leaves the network of its peers", "drop peers, and reach what they publish at 127.0.0.1"),
            (name in users, f"hides it from {users.get(name)}, which has it as a peer",
             "drop that peer, and let it use hosts with host-gateway"),
        ):  # fmt: skip
            if wrong:
                yield sources.group_fault(name, path, problem, remedy)
        for key, port in group.ports.items():
            if port.container in on_host and (port.publish or port.host_port):
                field = "publish" if port.publish else "host_port"
                problem = f"has no effect: {port.container} is in the host's network, where {port.port} is open"
                yield sources.group_fault(name, ("ports", key, field), problem, "drop it")


def ensure_networks_are_not_dockers(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Docker has networks and modes of its own, whose names it reserves."""
    for name, path, network in _networks(fleet):
        if network.name in _DOCKER_NETWORKS:
            problem = f'"{network.name}" is a network of Docker\'s own'
            yield sources.stack_fault(name, (*path, "name"), problem, "name it after its machine")
        elif network.name in _NETWORK_MODES:
            problem = f'"{network.name}" is a network mode of Docker or Podman, not the name of a network'
            yield sources.stack_fault(name, (*path, "name"), problem, "name it after its machine")


def _addresses(machine: Machine) -> set[str]:
    return {_host(machine.connection)} | ({str(machine.lan_address)} if machine.lan_address else set())


def _host(connection: str) -> str:
    """The host of a connection in one spelling; the whole address if it names none."""
    scheme, _, address = connection.partition("://")
    if scheme == "unix":
        # /var/run is a link to /run.
        return f"unix:{normpath(address).removeprefix('/var')}"
    if scheme not in ("ssh", "tcp"):
        return f"{scheme}:{address}"
    host = split_port(address.rpartition("@")[2])[0]
    return str(address_of(host) or host.lower().removesuffix("."))

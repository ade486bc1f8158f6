"""Hosts, subnets and ports: nothing on one machine gets into another's way."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations

from fleet.model import Fleet
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


def ensure_hosts_are_distinct(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Two stacks never describe the same host: neither would know what the other took of it.

    A sandbox is exempt from the connection check: it may share the machine somebody sits at.
    """
    for first, second in combinations(fleet.stacks.values(), 2):
        if first.machine.name == second.machine.name:
            problem = f'"{second.machine.name}" is the name of {first.name} too'
            yield sources.stack_fault(second.name, ("machine", "name"), problem, "give each machine its own")
        if first.sandbox or second.sandbox:
            continue
        if _daemon(first.machine.connection) == _daemon(second.machine.connection):
            problem = f"{second.machine.connection} is the host of {first.name} too"
            remedy = "one stack a machine: merge the two, or correct the address"
            yield sources.stack_fault(second.name, ("machine", "connection"), problem, remedy)
        elif first.machine.lan_address and first.machine.lan_address == second.machine.lan_address:
            problem = f"{second.machine.lan_address} is the address of {first.name} too"
            yield sources.stack_fault(second.name, ("machine", "lan_address"), problem, "correct one of the two")


def ensure_subnets_are_disjoint(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No container subnet overlaps another machine's, Docker's default pools, the k3s ranges or the LAN."""
    networks = list(_networks(fleet))
    for (first, _, one), (second, path, two) in combinations(networks, 2):
        if one.subnet.overlaps(two.subnet):
            problem = f"{two.subnet} overlaps {one.name} of {first} ({one.subnet})"
            yield sources.stack_fault(second, (*path, "subnet"), problem, "take a free /24 of 10.210.0.0/16")
        if one.name == two.name:
            yield sources.stack_fault(
                second, (*path, "name"), f'"{two.name}" is the network of {first} too', "name it after its machine"
            )
    for name, path, network in networks:
        pool = next((pool for pool in _DOCKER_POOLS if pool.overlaps(network.subnet)), None)
        if pool and not network.inside_docker_pool:
            problem = f"{network.subnet} lies in Docker's default pool {pool}, which Docker hands out by itself"
            remedy = "take a free /24 of 10.210.0.0/16, or set inside_docker_pool: true if it is meant"
            yield sources.stack_fault(name, (*path, "subnet"), problem, remedy)
        for what, taken in _K3S_RANGES.items():
            if taken.overlaps(network.subnet):
                problem = f"{network.subnet} overlaps the k3s range for {what} ({taken})"
                yield sources.stack_fault(name, (*path, "subnet"), problem, "take a free /24 of 10.210.0.0/16")
        for stack in fleet.members:
            address = stack.machine.lan_address
            if address and address in network.subnet:
                problem = f"{network.subnet} holds the LAN address of {stack.name} ({address})"
                yield sources.stack_fault(name, (*path, "subnet"), problem, "take a free /24 of 10.210.0.0/16")


def _networks(fleet: Fleet) -> Iterator[tuple[str, tuple[str, ...], ContainerNetwork]]:
    """Every network of every machine: stack, path in its file, and the network."""
    for stack in fleet.stacks.values():
        machine = stack.machine
        if machine.bridge:
            yield stack.name, ("machine", "network"), machine.bridge
            for tenant in machine.tenants:
                yield stack.name, ("machine", "tenants", tenant), machine.tenant_network(tenant)


def ensure_ports_are_free(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A host port belongs to one endpoint of a machine; a container port to one of its group's ports."""
    for stack in fleet.stacks.values():
        taken: dict[tuple[int, str], str] = {}
        for group in fleet.placed(stack):
            name = group.name
            inside: dict[tuple[str, int, str], str] = {}
            for key, port in group.ports.items():
                at = ("ports", key)
                other = inside.setdefault((port.container, port.port, port.protocol), key)
                if other != key and stack.name == _first_stack_of(fleet, name):
                    problem = f"{port.port}/{port.protocol} is ports.{other} too"
                    yield sources.group_fault(name, (*at, "port"), problem, "give each its own port")
                if port.host_port is None or stack.sandbox:
                    continue
                owner = taken.setdefault((port.host_port, port.protocol), f"{name}.ports.{key}")
                if owner != f"{name}.ports.{key}":
                    problem = f"{port.host_port}/{port.protocol} is taken on {stack.name} by {owner}"
                    yield sources.group_fault(name, (*at, "host_port"), problem, "choose a free port")


def _first_stack_of(fleet: Fleet, group: str) -> str:
    return next(stack.name for stack in fleet.stacks.values() if group in stack.groups)


def _daemon(connection: str) -> str:
    """What tells two connections apart: the address, whatever the user and the port."""
    address = connection.split("://", 1)[1].rsplit("@", 1)[-1]
    return address.split(":")[0] if connection.startswith(("ssh://", "tcp://")) else address

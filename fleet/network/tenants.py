"""Tenants: isolated groups, and the groups that they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network

from fleet.model import ContainerGroup, Fleet, Stack
from fleet.network.addresses import AddressBook

_RANGE = IPv4Network("10.210.0.0/16")
"""Range for machines' subnets: outside Docker's default pools and k3s's ranges."""


def tenants_of(groups: Iterable[ContainerGroup]) -> tuple[str, ...]:
    """Tenants of some groups, sorted."""
    return tuple(sorted({group.tenant for group in groups if group.tenant}))


def names_as_peer(group: ContainerGroup, other: str) -> bool:
    """Whether a group has an endpoint of another as a peer."""
    return any(ref.partition("/")[0] == other for ref in group.peers)


def tenants_served(groups: Iterable[ContainerGroup]) -> Mapping[str, tuple[str, ...]]:
    """Shared group -> tenants of the groups that have it as a peer, sorted; without those that serve none."""
    groups = list(groups)
    shared = {group.name for group in groups if not group.tenant}
    served: dict[str, set[str]] = {}
    for group in groups:
        if group.tenant:
            for peer in {ref.partition("/")[0] for ref in group.peers} & shared:
                served.setdefault(peer, set()).add(group.tenant)
    return {name: tuple(sorted(tenants)) for name, tenants in served.items()}


def closed_tenants(stack: Stack, groups: Iterable[ContainerGroup], book: AddressBook) -> tuple[str, ...]:
    """Tenants of a stack with groups that need neither the internet nor other hosts, and publish no port.

    Docker publishes no port of a container in an internal network.
    """
    groups = list(groups)
    open_tenants = {
        group.tenant
        for group in groups
        if group.outside
        or group.hosts
        or any(port.publish for port in group.ports.values())
        or any(endpoint.stack.name != stack.name for endpoint in book.used_by(group.name))
    }
    return tuple(tenant for tenant in tenants_of(groups) if tenant not in open_tenants)


def free_subnets(fleet: Fleet) -> Iterator[IPv4Network]:
    """Every /24 of 10.210.0.0/16 that no machine of the fleet uses, lowest first."""
    used = [network.subnet for stack in fleet.stacks.values() for network in stack.machine.networks]
    # 10.210.0.0/24 is skipped, so that machines are numbered from one.
    subnets = list(_RANGE.subnets(new_prefix=24))[1:]
    return (subnet for subnet in subnets if not any(subnet.overlaps(other) for other in used))

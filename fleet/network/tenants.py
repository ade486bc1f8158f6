"""Tenants: groups that must not reach each other, and the groups they share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from itertools import chain

from fleet.model import ContainerGroup, Fleet, Stack
from fleet.network.addresses import AddressBook

_PLACE = IPv4Network("10.210.0.0/16")
"""Where the guides take subnets from: outside Docker's default pools and k3s's ranges."""


def tenants_of(groups: Iterable[ContainerGroup]) -> tuple[str, ...]:
    """Tenants of some groups, sorted."""
    return tuple(sorted({group.tenant for group in groups if group.tenant}))


def names_as_peer(group: ContainerGroup, other: str) -> bool:
    """Whether a group names another's endpoint as a peer."""
    return any(ref.partition("/")[0] == other for ref in group.peers)


def tenants_served(group: ContainerGroup, groups: Iterable[ContainerGroup]) -> tuple[str, ...]:
    """Tenants whose groups, of those given, name a shared group as a peer; none for a tenant's own group."""
    if group.tenant:
        return ()
    return tenants_of(other for other in groups if other.tenant and names_as_peer(other, group.name))


def closed_tenants(stack: Stack, groups: Iterable[ContainerGroup], book: AddressBook) -> tuple[str, ...]:
    """Tenants of a stack whose groups need nothing beyond it: nothing outside, and nothing of another machine."""
    found = list(groups)
    open_ones = {
        group.tenant
        for group in found
        if group.outside or any(endpoint.stack.name != stack.name for endpoint in book.used_by(group.name))
    }
    return tuple(tenant for tenant in tenants_of(found) if tenant not in open_ones)


def free_subnets(fleet: Fleet) -> Iterator[IPv4Network]:
    """Every /24 of 10.210.0.0/16 that no machine of the fleet takes, lowest first."""
    taken = [
        network.subnet for network in chain.from_iterable(stack.machine.networks for stack in fleet.stacks.values())
    ]
    # 10.210.0.0/24 is left out, so that the number of a machine begins at one.
    subnets = list(_PLACE.subnets(new_prefix=24))[1:]
    return (subnet for subnet in subnets if not any(subnet.overlaps(other) for other in taken))

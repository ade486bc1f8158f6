"""Endpoints: each that a group needs is there, and can be reached from where it is needed."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import Fleet
from fleet.network.addresses import AddressBook
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.registry import target_of


def ensure_endpoints_exist(fleet: Fleet, sources: Sources, known: frozenset[str]) -> Iterator[Fault]:
    """A peer is a port that some group of the fleet provides."""
    for name, group in fleet.groups.items():
        for index, ref in enumerate(group.peers):
            provider, _, port = ref.partition("/")
            path = ("peers", index)
            if provider not in known:
                yield sources.group_fault(
                    name, path, f"nobody provides {ref}", "name a group, or a group/port, of this fleet"
                )
            elif provider in fleet.groups and (port or "main") not in fleet.groups[provider].ports:
                ports = ", ".join(fleet.groups[provider].ports)
                yield sources.group_fault(name, path, f"{provider} has no port {port or 'main'}", f"use one of {ports}")


def ensure_endpoints_can_be_reached(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """An endpoint that another machine needs has a host port."""
    book = AddressBook(fleet.members, fleet.groups)
    asked: set[str] = set()
    for use in book.uses:
        endpoint = use.endpoint
        by_name = not target_of(endpoint.stack).reached_by_port
        has_way = by_name or endpoint.port.host_port is not None
        if not use.crosses_machines or has_way or endpoint.ref in asked:
            continue
        asked.add(endpoint.ref)
        problem = f"{use.group} on {use.stack.name} needs it on {endpoint.stack.name}, but it has no host_port"
        remedy = "add host_port, a free port of that machine, or drop the peer"
        if endpoint.key in sources.groups[endpoint.group].value.get("ports", {}):
            yield sources.group_fault(endpoint.group, ("ports", endpoint.key), problem, remedy)
        else:
            yield sources.group_fault(endpoint.group, ("ports",), problem, f"add ports.{endpoint.key}.host_port")

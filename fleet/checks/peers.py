"""Peers: each endpoint that a group needs exists and can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import MAIN, Fleet
from fleet.network.addresses import AddressBook
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.suggest import did_you_mean
from fleet.targets.registry import target_of


def ensure_endpoints_exist(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A peer is a port of some group of the fleet."""
    for name, group in fleet.groups.items():
        for index, ref in enumerate(group.peers):
            provider, _, port = ref.partition("/")
            path = ("peers", index)
            if provider not in sources.groups:
                remedy = did_you_mean(provider, sources.groups.keys() - {name}, "use <group> or <group>/<port>")
                yield sources.group_fault(name, path, f"unknown endpoint {ref}", remedy)
            elif _ends(fleet, provider, port or MAIN):
                remedy = "drop it, or list the group under start_after"
                yield sources.group_fault(name, path, f"{ref} runs once and serves nobody", remedy)
            elif provider in fleet.groups and (port or "main") not in fleet.groups[provider].ports:
                ports = ", ".join(fleet.groups[provider].ports)
                yield sources.group_fault(name, path, f"{provider} has no port {port or 'main'}", f"use one of {ports}")


def _ends(fleet: Fleet, provider: str, key: str) -> bool:
    group = fleet.groups.get(provider)
    port = group.ports.get(key) if group else None
    return bool(group and port and port.container in group.containers and group.containers[port.container].once)


def ensure_peers_are_others(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A group is no peer of itself, and names an endpoint once: `<group>` and `<group>/main` are the same."""
    for name, group in fleet.groups.items():
        first: dict[str, str] = {}
        for index, ref in enumerate(group.peers):
            provider, _, port = ref.partition("/")
            if provider == name:
                problem = f"{ref} is the group itself, which reaches its own containers without"
                yield sources.group_fault(name, ("peers", index), problem, "remove it")
            elif (other := first.setdefault(f"{provider}/{port or MAIN}", ref)) != ref:
                yield sources.group_fault(name, ("peers", index), f"{ref} is the same as {other}", "keep one")


def ensure_endpoints_can_be_reached(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """An endpoint that another machine needs has a host port."""
    crossing = [use for use in AddressBook(fleet.members, fleet.groups).uses if use.crosses_machines]
    # One fault per endpoint: that of its first user.
    for use in {use.endpoint.ref: use for use in reversed(crossing)}.values():
        endpoint = use.endpoint
        if endpoint.port.outer_port is not None or not target_of(endpoint.stack).reached_by_port:
            continue
        problem = f"{use.group} on {use.stack.name} needs it on {endpoint.stack.name}, but it has no host_port"
        if "ports" in fleet.groups[endpoint.group].model_fields_set:
            remedy = "set host_port to a free port of that machine, or drop the peer"
            yield sources.group_fault(endpoint.group, ("ports", endpoint.key), problem, remedy)
        else:
            yield sources.group_fault(endpoint.group, ("ports",), problem, f"add ports.{endpoint.key}.host_port")

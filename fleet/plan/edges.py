"""The connections that groups of a stack may open: those they declare, and none besides."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import Stack
from fleet.network.addresses import AddressBook, Endpoint
from fleet.plan.deployment import Edge


def edges(stack: Stack, book: AddressBook) -> tuple[Edge, ...]:
    """Every connection a group of a stack may open, by source, target and port."""
    found = {
        edge for group in stack.running for endpoint in book.used_by(group) for edge in _edges(group, endpoint, stack)
    }
    return tuple(sorted(found, key=lambda edge: (edge.source, edge.target, edge.port, edge.protocol)))


def _edges(group: str, endpoint: Endpoint, stack: Stack) -> Iterator[Edge]:
    port = endpoint.port
    if endpoint.stack.name == stack.name:
        yield Edge(group, endpoint.group, port.port, port.protocol)
    elif endpoint.stack.machine.lan_address and port.host_port:
        address = str(endpoint.stack.machine.lan_address)
        yield Edge(group, endpoint.group, port.host_port, port.protocol, address, endpoint.name_elsewhere)

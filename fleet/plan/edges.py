"""The connections that groups of a stack declare and may open."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import Stack
from fleet.network.addresses import AddressBook, Endpoint
from fleet.plan.deployment import Edge


def edges(stack: Stack, book: AddressBook) -> tuple[Edge, ...]:
    """Sorted by source, target and port."""
    declared = {e for group in stack.running for point in book.used_by(group) for e in _edges(group, point, stack)}
    return tuple(sorted(declared, key=lambda edge: (edge.source, edge.target, edge.port, edge.protocol)))


def _edges(group: str, endpoint: Endpoint, stack: Stack) -> Iterator[Edge]:
    port = endpoint.port
    if endpoint.stack.name == stack.name:
        yield Edge(group, endpoint.group, port.port, port.protocol)
    elif endpoint.stack.machine.lan_address and port.outer_port:
        address = str(endpoint.stack.machine.lan_address)
        yield Edge(group, endpoint.group, port.outer_port, port.protocol, address, endpoint.name_elsewhere)

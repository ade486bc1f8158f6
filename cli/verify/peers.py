"""The endpoints that each container of a stack must reach, from the fleet's address book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fleet.model import MAIN, Fleet, Stack
from fleet.network.addresses import AddressBook, Endpoint
from fleet.plan.deployment import Deployment


@dataclass(frozen=True, slots=True)
class Peer:
    """An endpoint as containers of one machine reach it; `container` of `stack` serves it."""

    ref: str
    url: str
    host: str
    port: int
    protocol: str
    stack: str
    container: str

    @property
    def place(self) -> str:
        """`host:port`."""
        return f"{self.host}:{self.port}"


def planned_peers(fleet: Fleet, deployment: Deployment) -> Mapping[str, tuple[Peer, ...]]:
    """Container name -> its peers, by reference; includes containers without peers."""
    stack = fleet.stacks[deployment.stack]
    book = AddressBook.of(fleet, stack)
    names = {(container.group, container.key): container.name for container in deployment.containers}
    return {
        container.name: tuple(_peer(endpoint, stack, names) for endpoint in book.used_by(container.group))
        for container in deployment.containers
    }


def _peer(endpoint: Endpoint, stack: Stack, names: Mapping[tuple[str, str], str]) -> Peer:
    url = endpoint.url(stack)
    host, _, port = url.split("://", 1)[1].rpartition(":")
    key = endpoint.port.container
    elsewhere = endpoint.group if key == MAIN else f"{endpoint.group}-{key}"
    container = names.get((endpoint.group, key), elsewhere)
    return Peer(endpoint.ref, url, host, int(port), endpoint.port.protocol, endpoint.stack.name, container)

"""The endpoints that each container of a stack must reach, from the fleet's address book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fleet.model import MAIN, Fleet, Stack
from fleet.network.addresses import AddressBook, Endpoint
from fleet.plan.deployment import Deployment
from fleet.targets.registry import url_of


@dataclass(frozen=True, slots=True)
class Peer:
    """An endpoint as containers of one machine reach it; place: `host:port`; `container` of `stack` serves it."""

    ref: str
    url: str
    place: str
    protocol: str
    stack: str
    container: str


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
    url, key = url_of(endpoint, stack), endpoint.port.container
    elsewhere = endpoint.group if key == MAIN else f"{endpoint.group}-{key}"
    container = names.get((endpoint.group, key), elsewhere)
    place = url.split("://", 1)[1]
    return Peer(endpoint.ref, url, place, endpoint.port.protocol, endpoint.stack.name, container)

"""Ports of a container besides those its group declares: health port, and its agent host's loopback port.

They are unique among containers that share ports.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from fleet.model import MAIN, Container, ContainerGroup, Stack

_APART = 10
"""Distance between health ports that are moved apart."""

FRONT_DOOR_MAX = 65534


def host_ports(front_door: int) -> tuple[int, int]:
    """Ports of an agent host: the front door, and the loopback port behind it for ZMQ (`Settings.backend_port`)."""
    return front_door, front_door + 1


def runs_agent_host(container: Container, stack: Stack) -> bool:
    """Whether the agent host runs in a container, for its agents or as a stand-in for its program."""
    return bool(container.agents) or stack.stands_in_for(container)


def shared_health_port(group: ContainerGroup, key: str) -> int:
    """Health port of a container that shares ports with its group: its own, or the next free one.

    A port that the group declares stays: moving it would break its address.
    """
    taken: set[int] = set()
    for other in in_order(group):
        if group.containers[other].once and other != key:
            continue
        port = group.containers[other].health.port
        own = {p.port for p in group.ports.values() if p.container == other}
        foreign = {p.port for p in group.ports.values() if p.container != other}
        while port not in own and (taken | foreign).intersection(_used(group.containers[other], port)):
            port += _APART
        if other == key:
            return port
        taken.update(_used(group.containers[other], port))
    raise KeyError(key)


def loopback_port(group: ContainerGroup, key: str, health_ports: Mapping[str, int]) -> int:
    """The port after the agent host's front door; for a stand-in of another program, the next free one.

    health_ports: of each container that shares ports with this one, and its own.
    """
    _, port = host_ports(health_ports[key])
    if group.containers[key].agents:
        return port
    taken = {declared.port for declared in group.ports.values()}
    for other in health_ports.keys() - {key}:
        taken.update(host_ports(health_ports[other]))
    return next(free for free in count(port) if free not in taken)


def in_order(group: ContainerGroup) -> list[str]:
    """Keys of a group's containers, the main one first."""
    return sorted(group.containers, key=lambda name: (name != MAIN, name))


def _used(container: Container, port: int) -> tuple[int, ...]:
    return host_ports(port) if container.agents else (port,)

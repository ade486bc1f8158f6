"""Health port of a container: its agent host's front door; unique among containers that share ports."""

from __future__ import annotations

from fleet.model import MAIN, Container, ContainerGroup, Stack

_APART = 10
"""Distance between front doors that are moved apart."""

FRONT_DOOR_MAX = 65534


def host_ports(front_door: int) -> tuple[int, int]:
    """Ports of an agent host: the front door, and the loopback port behind it for ZMQ (`Settings.backend_port`)."""
    return front_door, front_door + 1


def runs_agent_host(container: Container, stack: Stack) -> bool:
    """Whether the container gets the agent host's settings."""
    return bool(container.agents) or stack.runs_stand_ins


def used_ports(container: Container, port: int, stack: Stack) -> tuple[int, ...]:
    """Ports that a container with this health port listens on, apart from those its group declares."""
    return host_ports(port) if runs_agent_host(container, stack) else (port,)


def health_port(group: ContainerGroup, key: str, stack: Stack) -> int:
    """The container's own health port, or the next free one if containers share ports.

    A port that the group declares stays: moving it would break its address.
    """
    if not stack.machine.target.shares_ports:
        return group.containers[key].health.port
    taken: set[int] = set()
    for other in in_order(group):
        container = group.containers[other]
        port = container.health.port
        own = {p.port for p in group.ports.values() if p.container == other}
        foreign = {p.port for p in group.ports.values() if p.container != other}
        while port not in own and (taken | foreign).intersection(used_ports(container, port, stack)):
            port += _APART
        if other == key:
            return port
        taken.update(used_ports(container, port, stack))
    raise KeyError(key)


def in_order(group: ContainerGroup) -> list[str]:
    """Keys of a group's containers, the main one first."""
    return sorted(group.containers, key=lambda name: (name != MAIN, name))

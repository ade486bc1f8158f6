"""Health port of a container; unique among containers that share ports."""

from __future__ import annotations

from fleet.model import MAIN, ContainerGroup, Stack

_APART = 10
"""Distance between ports of agent hosts: each also uses the port after its own."""


def health_port(group: ContainerGroup, key: str, stack: Stack) -> int:
    """The container's own health port, or the next free one if containers share ports."""
    if not stack.machine.target.shares_ports:
        return group.containers[key].health.port
    taken: set[int] = set()
    for other in sorted(group.containers, key=lambda name: (name != MAIN, name)):
        port = group.containers[other].health.port
        foreign = {p.port for p in group.ports.values() if p.container != other}
        while port in taken | foreign:
            port += _APART
        if other == key:
            return port
        taken.add(port)
    raise KeyError(key)

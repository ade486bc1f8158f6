"""Health ports of containers that share their ports."""

from __future__ import annotations

from fleet.model import MAIN, ContainerGroup

_APART = 10
"""Distance between ports of agent hosts: each also uses the port after its own."""


def shared_health_port(group: ContainerGroup, key: str) -> int:
    """The container's own health port, or the next one that no container of its group uses."""
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

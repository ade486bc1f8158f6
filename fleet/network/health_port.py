"""Which port a container tells its health on: where containers share ports, no two may take the same."""

from __future__ import annotations

from fleet.model import MAIN, ContainerGroup, Stack

_APART = 10
"""Between the ports of two agent hosts: each takes the one after its own as well."""


def health_port(group: ContainerGroup, key: str, stack: Stack) -> int:
    """Port on which a container tells its health: its own, or the next free one where containers share ports."""
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

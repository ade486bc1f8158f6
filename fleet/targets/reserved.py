"""Main memory (MiB) and processor time (millicores) of a container: what is reserved, and the cap."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.model import Container, Stack

STAND_IN_MEMORY_MIB = 256
"""Main memory of a container of stand-ins, at most."""

STAND_IN_REQUEST_MILLICORES = 50
"""Processor time that a container of stand-ins reserves, at most."""

STAND_IN_CAP_MILLICORES = 500
"""Processor time that a container of stand-ins may use, at most."""

MPS_DAEMON_MEMORY_MIB = 256
"""Main memory of a card's MPS daemon."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """What a container reserves, and what it may use."""

    memory_request_mib: int
    memory_cap_mib: int
    cpu_request_millicores: int
    cpu_cap_millicores: int


def reserved(stack: Stack, container: Container) -> Reserved:
    """What a container of a stack reserves, and its caps; less for a stand-in."""
    memory, cpu = container.memory, container.cpu
    # A machine whose processors nobody states has no number of them to stay below.
    found = Reserved(
        memory.request_mib,
        memory.cap_mib,
        cpu.request_millicores,
        min(cpu.limit_millicores, stack.machine.cpus * 1000 or cpu.limit_millicores),
    )
    if not stack.runs_stand_ins:
        return found
    return Reserved(
        min(found.memory_request_mib, STAND_IN_MEMORY_MIB),
        min(found.memory_cap_mib, STAND_IN_MEMORY_MIB),
        min(found.cpu_request_millicores, STAND_IN_REQUEST_MILLICORES),
        min(found.cpu_cap_millicores, STAND_IN_CAP_MILLICORES),
    )

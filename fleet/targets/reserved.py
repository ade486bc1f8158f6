"""Main memory (MiB) and CPU (millicores) of a container: request and cap."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.model import Container, Stack

# Maxima for a container of stand-ins.
STAND_IN_MEMORY_MIB = 256
STAND_IN_REQUEST_MILLICORES = 50
STAND_IN_CAP_MILLICORES = 500
MPS_DAEMON_MEMORY_MIB = 256


@dataclass(frozen=True, slots=True)
class Reserved:
    """Requests and caps of a container."""

    memory_request_mib: int
    memory_cap_mib: int
    cpu_request_millicores: int
    cpu_cap_millicores: int


def reserved(stack: Stack, container: Container) -> Reserved:
    """Requests and caps of a container; lower for a stand-in."""
    memory, cpu = container.memory, container.cpu
    # cpus is 0 for a machine without a fixed number of them.
    cpu_cap = min(cpu.limit_millicores, stack.machine.cpus * 1000 or cpu.limit_millicores)
    if not stack.runs_stand_ins:
        return Reserved(memory.request_mib, memory.cap_mib, cpu.request_millicores, cpu_cap)
    return Reserved(
        min(memory.request_mib, STAND_IN_MEMORY_MIB),
        min(memory.cap_mib, STAND_IN_MEMORY_MIB),
        min(cpu.request_millicores, STAND_IN_REQUEST_MILLICORES),
        min(cpu_cap, STAND_IN_CAP_MILLICORES),
    )

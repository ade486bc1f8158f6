"""Limits of a group's containers against the host, or the largest node, that runs them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fleet.model import ContainerGroup
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.text import thousands


@dataclass(frozen=True, slots=True)
class Capacity:
    """CPUs and MiB of a host or node; `name` is how messages call it."""

    name: str
    cpus: int
    memory_mib: int


def limit_faults(group: ContainerGroup, has: Capacity, sources: Sources) -> Iterator[Fault]:
    """Faults of limits that exceed a capacity, from the group's file: a plan would lower them in silence."""
    for key, container in group.containers.items():
        if container.cpu.limit_millicores > has.cpus * 1000:
            problem = f"{container.cpu.limit_millicores / 1000:g} CPUs exceed {has.name}, which has {has.cpus}"
            remedy = f"set it to {has.cpus} or less"
            yield sources.group_fault(group.name, ("containers", key, "cpu", "limit"), problem, remedy)
        if (mib := container.memory.cap_mib) > has.memory_mib:
            field = "limit" if container.memory.limit_mib else "request"
            problem = f"{thousands(mib)} MiB exceed {has.name}, which has {thousands(has.memory_mib)} MiB"
            remedy = f"set it to {has.memory_mib}MiB or less"
            yield sources.group_fault(group.name, ("containers", key, "memory", field), problem, remedy)

"""Main memory and processors of a machine cover what its groups reserve."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.budget import cpu_request_millicores, memory_request_mib, sharing_memory_mib
from fleet.errors import Fault
from fleet.judgement.walk import placed
from fleet.model import Fleet, Target
from fleet.model.quantities import thousands
from fleet.sources import Sources


def ensure_memory_fits(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """`sum(request) + reserve <= machine`, for memory and for processors; a cluster has a scheduler for that."""
    for stack in fleet.stacks.values():
        if stack.machine.target is not Target.DOCKER:
            continue
        shares = {
            group.name: sum(memory_request_mib(stack, container) for container in group.containers.values())
            for group in placed(fleet, stack)
        }
        if sharing_memory_mib(stack):
            shares["gpu-sharing"] = sharing_memory_mib(stack)
        machine = stack.machine
        total = sum(shares.values()) + machine.memory_reserve_mib
        if total > machine.memory_mib:
            parts = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
            figures = " + ".join(f"{name} {thousands(mib)}" for name, mib in parts)
            sums = f"{figures} + reserve {thousands(machine.memory_reserve_mib)} = {thousands(total)}"
            detail = f"{sums} of {thousands(machine.memory_mib)} MiB"
            problem = f"{thousands(machine.memory_mib)} MiB are too little for the requests of {len(parts)} groups"
            yield sources.stack_fault(
                stack.name, ("machine", "memory"), problem, "lower a request, or move a group", (detail,)
            )
        millicores = sum(
            cpu_request_millicores(stack, container)
            for group in placed(fleet, stack)
            for container in group.containers.values()
        )
        if millicores > machine.cpus * 1000:
            problem = f"{machine.cpus} CPUs are too few for requests of {millicores / 1000:g}"
            yield sources.stack_fault(stack.name, ("machine", "cpus"), problem, "lower a cpu.request, or move a group")

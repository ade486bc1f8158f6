"""Main memory and processors of a machine cover what its groups reserve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.checks.selection import placed_by_mode
from fleet.model import ContainerGroup, Fleet, Stack, Target
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.docker_budget import cpu_request_millicores, memory_request_mib, sharing_memory_mib
from fleet.text import addends, plural, thousands


def ensure_memory_fits(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """`sum(request) + reserve <= machine`, for memory and for processors, in every mode; a cluster has a scheduler."""
    for stack in fleet.stacks.values():
        if stack.machine.target is Target.DOCKER:
            for mode, groups in placed_by_mode(fleet, stack):
                yield from _memory(stack, mode, groups, sources)
                yield from _processors(stack, mode, groups, sources)


def _memory(stack: Stack, mode: str | None, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    shares = {
        group.name: sum(memory_request_mib(stack, container) for container in group.containers.values())
        for group in groups
    }
    if sharing_memory_mib(stack):
        shares["gpu-sharing"] = sharing_memory_mib(stack)
    machine = stack.machine
    total = sum(shares.values()) + machine.memory_reserve_mib
    if total <= machine.memory_mib:
        return
    sums = f"{addends(list(shares.items()))} + reserve {thousands(machine.memory_reserve_mib)} = {thousands(total)}"
    detail = f"{sums} of {thousands(machine.memory_mib)} MiB"
    few = f"too little for the requests of {plural(len(shares), 'group')}{_in(mode)}"
    problem = f"{thousands(machine.memory_mib)} MiB are {few}"
    yield sources.stack_fault(stack.name, ("machine", "memory"), problem, "lower a request, or move a group", (detail,))


def _processors(stack: Stack, mode: str | None, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    asked = sum(cpu_request_millicores(stack, container) for group in groups for container in group.containers.values())
    if asked > stack.machine.cpus * 1000:
        problem = f"{stack.machine.cpus} CPUs are too few for requests of {asked / 1000:g}{_in(mode)}"
        yield sources.stack_fault(stack.name, ("machine", "cpus"), problem, "lower a cpu.request, or move a group")


def _in(mode: str | None) -> str:
    return f" in mode {mode}" if mode else ""

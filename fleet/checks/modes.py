"""Modes: named sets of groups that hold a machine's GPUs at different times."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import Fleet, Stack
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.suggest import did_you_mean
from fleet.targets.registry import target_of


def ensure_a_mode_is_chosen(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A stack with modes says which of them is deployed; only a Docker machine has any."""
    for stack in fleet.stacks.values():
        names = ", ".join(stack.modes)
        if stack.modes and not target_of(stack).has_modes:
            problem = f"modes are of a machine whose cards nobody schedules, and {stack.name} is {stack.machine.target}"
            yield sources.stack_fault(stack.name, ("modes",), problem, "drop modes; its scheduler places what fits")
        elif stack.modes and stack.mode is None:
            remedy = f"set mode to one of {names}"
            yield sources.stack_fault(stack.name, ("modes",), "none of the modes is chosen", remedy)
        elif stack.mode is not None and stack.mode not in stack.modes:
            remedy = f"use one of {names}" if stack.modes else "add it under modes, or drop mode"
            yield sources.stack_fault(stack.name, ("mode",), f"{stack.mode} is no mode of {stack.name}", remedy)


def ensure_modes_name_groups_of_the_stack(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A mode is made of groups that the stack runs, each once."""
    for stack in fleet.stacks.values():
        for mode, groups in stack.modes.items():
            for index, name in enumerate(groups):
                path = ("modes", mode, index)
                if name not in stack.groups:
                    remedy = did_you_mean(name, stack.groups, f"name it under groups of {stack.name} too")
                    yield sources.stack_fault(stack.name, path, f"{name} is no group of {stack.name}", remedy)
                elif name in groups[:index]:
                    yield sources.stack_fault(stack.name, path, f"{name} is named twice", "keep one")


def ensure_modes_can_start(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """What a group starts after on its machine runs in every mode that the group runs in."""
    for stack in fleet.stacks.values():
        yield from _cannot_start(fleet, stack, sources)


def _cannot_start(fleet: Fleet, stack: Stack, sources: Sources) -> Iterator[Fault]:
    for mode, groups in fleet.placed_by_mode(stack):
        running = {group.name for group in groups}
        for group in groups if mode else ():
            for earlier in group.start_after:
                if earlier in stack.groups and earlier not in running:
                    problem = f"{group.name} starts after {earlier}, which does not run in mode {mode}"
                    remedy = f"add {earlier} to the mode, or take {group.name} out of it"
                    yield sources.stack_fault(stack.name, ("modes", str(mode)), problem, remedy)

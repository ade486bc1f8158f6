"""Modes: named sets of groups that use a machine's GPUs at different times."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.suggest import did_you_mean
from fleet.targets.registry import target_of


def ensure_a_mode_is_chosen(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A stack with modes sets the deployed one; only Docker machines support modes."""
    for stack in fleet.stacks.values():
        names = ", ".join(stack.modes)
        if stack.modes and not target_of(stack).has_modes:
            problem = f"modes are for machines without a GPU scheduler, but {stack.name} is {stack.machine.target}"
            yield sources.stack_fault(stack.name, ("modes",), problem, "drop modes; its scheduler places what fits")
        elif stack.modes and stack.mode is None:
            yield sources.stack_fault(stack.name, ("modes",), "no mode is selected", f"set mode to one of {names}")
        elif stack.mode is not None and stack.mode not in stack.modes:
            remedy = f"use one of {names}" if stack.modes else "add it under modes, or drop mode"
            yield sources.stack_fault(stack.name, ("mode",), f"{stack.name} has no mode {stack.mode}", remedy)


def ensure_modes_name_groups_of_the_stack(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A mode lists groups of its stack."""
    for stack in fleet.stacks.values():
        for mode, groups in stack.modes.items():
            for index, name in enumerate(groups):
                path = ("modes", mode, index)
                if name not in stack.groups:
                    remedy = did_you_mean(name, stack.groups, f"add it to groups of {stack.name} too")
                    yield sources.stack_fault(stack.name, path, f"{stack.name} has no group {name}", remedy)


def ensure_modes_can_start(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A mode runs every group of the stack that its groups start after."""
    for stack in fleet.stacks.values():
        for mode, groups in fleet.placed_by_mode(stack) if stack.modes else ():
            missing = set(stack.groups) - {group.name for group in groups}
            for group in groups:
                for earlier in (name for name in group.start_after if name in missing):
                    problem = f"{group.name} starts after {earlier}, which does not run in mode {mode}"
                    remedy = f"add {earlier} to the mode, or remove {group.name} from it"
                    yield sources.stack_fault(stack.name, ("modes", str(mode)), problem, remedy)

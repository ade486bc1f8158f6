"""A group that needs what its target lacks is refused, or listed as degraded; never silently."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.checks.selection import placed
from fleet.model import Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.capabilities import CAPABILITIES, Level
from fleet.targets.needs import needs


def ensure_targets_can(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No group needs a feature its target refuses, and every target is one that can be built."""
    for stack in fleet.stacks.values():
        supported = CAPABILITIES.get(stack.machine.target)
        if supported is None:
            can = " or ".join(CAPABILITIES)
            problem = f'target "{stack.machine.target}" cannot be built yet'
            yield sources.stack_fault(stack.name, ("machine", "target"), problem, f"use {can}")
            continue
        for group in placed(fleet, stack):
            for feature, path in needs(group, stack, fleet):
                if supported[feature].level is Level.CANNOT:
                    problem = f"{stack.machine.target} cannot do it on {stack.name}: {feature}"
                    yield sources.group_fault(group.name, tuple(path.split(".")), problem, supported[feature].how)

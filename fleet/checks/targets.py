"""A group that needs a feature its target lacks is refused or listed as degraded, never silently."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from fleet.model import MAIN, Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.features import Feature, Level
from fleet.targets.needs import needs
from fleet.targets.registry import target_of

_CLOCKS_DIFFER = timedelta(days=1)


def ensure_targets_can(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Targets support what their groups need, and pass their own checks, such as capacity."""
    for stack in fleet.stacks.values():
        supported = target_of(stack).capabilities
        for group in fleet.placed(stack):
            for feature, path in needs(group, stack, fleet):
                if supported[feature].level is Level.CANNOT:
                    problem = f"not supported on {stack.name} ({stack.machine.target}): {feature}"
                    yield sources.group_fault(group.name, tuple(path.split(".")), problem, supported[feature].how)
    for target in {target_of(stack) for stack in fleet.stacks.values()}:
        yield from target.check(fleet, sources)


def ensure_rollouts_have_two_versions(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A rollout belongs to a group of the stack that runs two versions, on a target that supports it."""
    for stack in fleet.stacks.values():
        supported = target_of(stack).capabilities[Feature.TWO_TRACKS].level is Level.DOES
        for name in stack.rollouts:
            group = fleet.groups.get(name)
            if name not in stack.groups or not supported:
                problem = f"{name} cannot run two versions on {stack.name}"
                remedy = "drop it, or name a group of a stack on Kubernetes or Cloud Run"
                yield sources.stack_fault(stack.name, ("rollouts", name), problem, remedy)
            elif group and not group.rollout.has_two_tracks:
                problem = f'{name} has the strategy "{group.rollout.strategy}", which runs one version'
                remedy = "set its rollout.strategy to blue-green or canary"
                yield sources.stack_fault(stack.name, ("rollouts", name), problem, remedy)


def ensure_rollouts_are_of_this_time(fleet: Fleet, sources: Sources, now: datetime | None = None) -> Iterator[Fault]:
    """A candidate is not what the group runs, and its step has begun: its pause ends after that."""
    latest = (now or datetime.now(UTC)) + _CLOCKS_DIFFER
    for stack in fleet.stacks.values():
        for name, state in stack.rollouts.items():
            image = fleet.groups[name].containers[MAIN].image if name in fleet.groups else None
            if image and state.image is None and state.candidate == image.reference:
                problem = f"{state.candidate} is what {name} already runs"
                path = ("rollouts", name, "candidate")
                yield sources.stack_fault(stack.name, path, problem, "name another version, or drop it")
            if state.since and state.since > latest:
                problem = f"{state.since:%Y-%m-%d %H:%M} is in the future, and the step's pause begins then"
                path = ("rollouts", name, "since")
                yield sources.stack_fault(stack.name, path, problem, "set when the step began, or drop it")

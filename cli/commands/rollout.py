"""`fleet rollout`: writes the next step of a rollout into its stack's file; `pulumi up` is what makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import unified_diff
from pathlib import Path

from cli.terminal import Exit, UserError, project_root
from cli.writing import replace_file
from fleet import rollout_steps
from fleet.load.project import Project, load_project
from fleet.model import RolloutState
from fleet.plan.planner import UnknownStackError, plan_stack
from fleet.rollout_steps import RefusedError, Standing, duration
from fleet.source.edit import NotEditableError, edited
from fleet.source.locations import NAMESPACE

Step = Callable[[Standing], RolloutState]


@dataclass(frozen=True, slots=True)
class _Place:
    """What is to move: a group of a stack."""

    stack: str
    group: str

    @property
    def arguments(self) -> str:
        return f"{self.stack} {self.group}"


def rollout_next(stack: str, group: str, *, image: str | None, force: bool) -> Exit:
    """Starts a new version, or gives the one on its way its next share of the requests."""
    now = _now()

    def step(standing: Standing) -> RolloutState:
        if image is not None:
            return rollout_steps.started(standing, image, now, force=force)
        return rollout_steps.stepped(standing, now, force=force)

    return _move(_Place(stack, group), step)


def rollout_promote(stack: str, group: str, *, force: bool) -> Exit:
    """Makes the new version the one that counts."""
    return _move(_Place(stack, group), lambda standing: rollout_steps.promoted(standing, _now(), force=force))


def rollout_abort(stack: str, group: str) -> Exit:
    """Goes back to the old version."""
    return _move(_Place(stack, group), rollout_steps.aborted)


def _move(place: _Place, step: Step) -> Exit:
    root = project_root()
    project = load_project(root)
    standing = _standing(project, place)
    path = ("rollouts", place.group)
    try:
        state = step(standing)
    except RefusedError as error:
        fault = project.sources.stack_fault(place.stack, path, error.problem, error.remedy)
        raise UserError("\n".join(fault.lines())) from None
    file = root / f"Pulumi.{place.stack}.yaml"
    # Bytes, for the line ends to stay what they are.
    before = file.read_bytes()
    text = before.decode("utf-8")
    try:
        after = edited(text, ("config", f"{NAMESPACE}rollouts", place.group), rollout_steps.entry(state))
    except NotEditableError as error:
        msg = f"{file.name}: {error}"
        raise UserError(msg) from None
    # What would be refused is not written.
    load_project(root, {file.name: after})
    replace_file(file, before, after.encode("utf-8"))
    print(_changes(file, text, after))
    print(_what_next(place, standing, state))
    return Exit.GOOD


def _standing(project: Project, place: _Place) -> Standing:
    try:
        deployment = plan_stack(project.fleet, place.stack)
    except UnknownStackError as error:
        raise UserError(str(error)) from None
    planned = next((group for group in deployment.groups if group.name == place.group), None)
    if planned is None:
        names = ", ".join(sorted(group.name for group in deployment.groups))
        msg = f'"{place.group}" is no group of {place.stack}; use one of {names}'
        raise UserError(msg)
    state = project.fleet.stacks[place.stack].rollouts.get(place.group, RolloutState())
    return Standing(place.group, planned.operation.rollout, state, state.image or planned.containers[0].image)


def _changes(file: Path, before: str, after: str) -> str:
    """The lines that changed, between those around them."""
    diff = unified_diff(before.splitlines(), after.splitlines(), file.name, file.name, n=2, lineterm="")
    return "\n".join(diff)


def _what_next(place: _Place, before: Standing, state: RolloutState) -> str:
    lines = ["", f"apply it: pulumi up -s {place.stack}"]
    if state.candidate is None:
        return "\n".join(lines)
    standing = Standing(place.group, before.rollout, state, before.image)
    pause_s = standing.schedule.get(state.percent, 0)
    when = f"after {duration(pause_s)}" if pause_s else "then"
    action = "promote" if standing.following is None else "next"
    lines.append(f"{when}: fleet rollout {action} {place.arguments}")
    lines.append(f"or back: fleet rollout abort {place.arguments}")
    return "\n".join(lines)


def _now() -> datetime:
    return datetime.now(UTC)

"""`fleet rollout`: writes the next step of a rollout into its stack's file; `pulumi up` is what makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import completing
from cli.options import stack_argument
from cli.terminal import Exit, UserError, project_root

if TYPE_CHECKING:
    from fleet.load.project import Project
    from fleet.model import RolloutState
    from fleet.rollout_steps import Standing

_group_argument = click.argument("group", help="Name of a container group", shell_complete=completing.groups_of_stack)


@dataclass(frozen=True, slots=True)
class _Place:
    """What is to move: a group of a stack."""

    stack: str
    group: str

    @property
    def arguments(self) -> str:
        return f"{self.stack} {self.group}"


@click.group()
def rollout() -> None:
    """The next step of a rollout, written into the stack's file."""


@rollout.command("next")
@stack_argument
@_group_argument
@click.option("--image", help="Image of a new version's main container: starts its rollout")
@click.option("--force", is_flag=True, help="Before the step's pause is over; an image of any name")
def next_step(stack: str, group: str, image: str | None, force: bool) -> Exit:
    """Start a new version, or give the one on its way its next share of the requests."""
    from fleet.rollout_steps import started, stepped

    def step(standing: Standing) -> RolloutState:
        if image is not None:
            return started(standing, image, _now(), force=force)
        return stepped(standing, _now(), force=force)

    return _move(_Place(stack, group), step)


@rollout.command()
@stack_argument
@_group_argument
@click.option("--force", is_flag=True, help="Before it gets all requests, or its pause is over")
def promote(stack: str, group: str, force: bool) -> Exit:
    """Keep the new version: it replaces the old one, which ends."""
    from fleet.rollout_steps import promoted

    return _move(_Place(stack, group), lambda standing: promoted(standing, _now(), force=force))


@rollout.command()
@stack_argument
@_group_argument
def abort(stack: str, group: str) -> Exit:
    """Go back to the old version: the new one ends."""
    from fleet.rollout_steps import aborted

    return _move(_Place(stack, group), aborted)


def _move(place: _Place, step: Callable[[Standing], RolloutState]) -> Exit:
    from cli.writing import replace_file
    from fleet.load.project import load_project
    from fleet.rollout_steps import RefusedError, entry
    from fleet.source.edit import NotEditableError, edited
    from fleet.source.locations import NAMESPACE

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
        after = edited(text, ("config", f"{NAMESPACE}rollouts", place.group), entry(state))
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
    from fleet.model import RolloutState
    from fleet.plan.planner import plan_stack
    from fleet.rollout_steps import Standing

    deployment = plan_stack(project.fleet, place.stack)
    planned = next((group for group in deployment.groups if group.name == place.group), None)
    if planned is None:
        names = ", ".join(sorted(group.name for group in deployment.groups))
        msg = f'"{place.group}" is no group of {place.stack}; use one of {names}'
        raise UserError(msg)
    state = project.fleet.stacks[place.stack].rollouts.get(place.group, RolloutState())
    return Standing(place.group, planned.operation.rollout, state, state.image or planned.containers[0].image)


def _changes(file: Path, before: str, after: str) -> str:
    """The lines that changed, between those around them."""
    from difflib import unified_diff

    diff = unified_diff(before.splitlines(), after.splitlines(), file.name, file.name, n=2, lineterm="")
    return "\n".join(diff)


def _what_next(place: _Place, before: Standing, state: RolloutState) -> str:
    from fleet.rollout_steps import Standing, duration

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

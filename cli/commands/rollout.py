"""`fleet rollout`: writes the next step of a rollout into the stack's file, for `pulumi up` to apply."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from cli import completing
from cli.options import json_option, stack_argument
from cli.terminal import Exit, UserError, project_root

if TYPE_CHECKING:
    from fleet.load.project import Project
    from fleet.model import RolloutState
    from fleet.rollout_steps import Standing

_group_argument = click.argument("group", help="Group name", shell_complete=completing.groups_of_stack)


@click.group()
def rollout() -> None:
    """Write the next step of a rollout into the stack's file."""


@rollout.command("next")
@stack_argument
@_group_argument
@json_option
@click.option("--image", help="Start the rollout of this image of the main container")
@click.option("--force", is_flag=True, help="Skip the pause of the current step; accept any image name")
def next_step(stack: str, group: str, as_json: bool, image: str | None, force: bool) -> Exit:
    """Start a rollout, or send the next share of requests to the new version."""
    from fleet.rollout_steps import started, stepped

    def step(current: Standing) -> RolloutState:
        if image is not None:
            return started(current, image, _now(), force=force)
        return stepped(current, _now(), force=force)

    return _move(stack, group, step, as_json=as_json)


@rollout.command()
@stack_argument
@_group_argument
@json_option
@click.option("--force", is_flag=True, help="Skip the remaining steps and pauses")
def promote(stack: str, group: str, as_json: bool, force: bool) -> Exit:
    """Replace the old version by the new one."""
    from fleet.rollout_steps import promoted

    return _move(stack, group, lambda current: promoted(current, _now(), force=force), as_json=as_json)


@rollout.command()
@stack_argument
@_group_argument
@json_option
def abort(stack: str, group: str, as_json: bool) -> Exit:
    """Roll back to the old version."""
    from fleet.rollout_steps import aborted

    return _move(stack, group, aborted, as_json=as_json)


def _move(stack: str, group: str, step: Callable[[Standing], RolloutState], *, as_json: bool) -> Exit:
    from difflib import unified_diff

    from cli.writing import replace_file
    from fleet.load.project import load_project
    from fleet.rollout_steps import RefusedError, entry
    from fleet.source.edit import NotEditableError, edited
    from fleet.source.locations import NAMESPACE

    root = project_root()
    project = load_project(root)
    current = _current(project, stack, group)
    try:
        state = step(current)
    except RefusedError as error:
        fault = project.sources.stack_fault(stack, ("rollouts", group), error.problem, error.remedy)
        raise UserError("\n".join(fault.lines())) from None
    file = root / f"Pulumi.{stack}.yaml"
    # Read as bytes to keep line endings.
    content = file.read_bytes()
    before = content.decode("utf-8")
    try:
        after = edited(before, ("config", f"{NAMESPACE}rollouts", group), entry(state))
    except NotEditableError as error:
        msg = f"{file.name}: {error}"
        raise UserError(msg) from None
    load_project(root, {file.name: after})  # raises if the result is invalid
    replace_file(file, content, after.encode("utf-8"))
    changes = list(unified_diff(before.splitlines(), after.splitlines(), file.name, file.name, n=2, lineterm=""))
    if as_json:
        node = {"stack": stack, "group": group, "file": file.name, "state": entry(state), "changes": changes}
        print(json.dumps(node | _commands(stack, current, state), indent=2))
    else:
        print(*changes, sep="\n")
        _print_commands(_commands(stack, current, state))
    return Exit.GOOD


def _current(project: Project, stack: str, name: str) -> Standing:
    from fleet.model import RolloutState
    from fleet.plan.planner import plan_stack
    from fleet.rollout_steps import Standing

    groups = {group.name: group for group in plan_stack(project.fleet, stack).groups}
    if name not in groups:
        msg = f'unknown group "{name}" of {stack}; use one of {", ".join(sorted(groups))}'
        raise UserError(msg)
    group, state = groups[name], project.fleet.stacks[stack].rollouts.get(name, RolloutState())
    return Standing(name, group.operation.rollout, state, state.image or group.containers[0].image)


def _commands(stack: str, before: Standing, state: RolloutState) -> dict[str, Any]:
    """`apply`; `next` and `pause_s` before it, and `abort`, null if no rollout is in progress."""
    from dataclasses import replace

    apply = f"pulumi up -s {stack}"
    if state.candidate is None:
        return {"apply": apply, "next": None, "pause_s": None, "abort": None}
    current = replace(before, state=state)
    action = "promote" if current.following is None else "next"
    return {
        "apply": apply,
        "next": f"fleet rollout {action} {stack} {current.group}",
        "pause_s": current.schedule.get(state.percent, 0),
        "abort": f"fleet rollout abort {stack} {current.group}",
    }


def _print_commands(commands: dict[str, Any]) -> None:
    from fleet.rollout_steps import duration

    print(f"\napply it: {commands['apply']}")
    if commands["next"] is not None:
        pause_s = commands["pause_s"]
        print(f"{f'after {duration(pause_s)}' if pause_s else 'then'}: {commands['next']}")
        print(f"to roll back: {commands['abort']}")


def _now() -> datetime:
    return datetime.now(UTC)

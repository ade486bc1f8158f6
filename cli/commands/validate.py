"""`fleet validate`: every error of the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import click

from cli.options import json_option, optional_stack_argument
from cli.terminal import Exit, project_root
from fleet.errors import UnknownStackError
from fleet.source.faults import ConfigurationError
from fleet.text import plural

if TYPE_CHECKING:
    from fleet.load.project import Project
    from fleet.model import Fleet


@click.command()
@optional_stack_argument
@json_option
def validate(stack: str | None, as_json: bool) -> Exit:
    """Report every error of the configuration."""
    from fleet.checks.waivers import waivers_of
    from fleet.load.project import load_project

    root = project_root()
    if stack is not None and not (root / f"Pulumi.{stack}.yaml").is_file():
        raise UnknownStackError(stack, (file.name.split(".")[1] for file in root.glob("Pulumi.*.yaml")))
    try:
        project = load_project(root)
        if any(True for group in project.fleet.groups.values() for _ in waivers_of(group)):
            # Importing the rules takes longer than everything else here.
            from cli.waivers import ensure_waivers_name_rules

            ensure_waivers_name_rules(project)
    except ConfigurationError as error:
        others = stack is not None and all(
            fault.source.startswith("Pulumi.") and fault.source != f"Pulumi.{stack}.yaml" for fault in error.faults
        )
        if not others:
            raise
        if as_json:
            from cli.view.validate_json import valid_alone_json

            print(valid_alone_json(str(stack), error.faults))
        else:
            print(f"{stack}: valid; other stacks have {plural(len(error.faults), 'error')} (run fleet validate)")
        return Exit.GOOD
    if as_json:
        from cli.view.validate_json import validate_json

        print(validate_json(project, stack, date.today()))
        return Exit.GOOD
    print(*_summary(project.fleet, stack), *_expiring(project), sep="\n")
    return Exit.GOOD


def _expiring(project: Project) -> Iterator[str]:
    from fleet.checks.waivers import expiring

    for place, rule, until in expiring(project.fleet, project.sources, date.today()):
        yield f"{place}: the waiver of {rule} expires on {until}; comply with the rule by then"


def _summary(fleet: Fleet, stack: str | None) -> Iterator[str]:
    for one in [fleet.stacks[stack]] if stack is not None else fleet.stacks.values():
        agents = sum(len(fleet.groups[name].agents) for name in one.groups)
        kind = "sandbox" if one.sandbox else str(one.machine.target)
        yield f"{one.name:<10} {kind:<10} {_counted(len(one.groups), agents)}   valid"
    if stack is None:
        placed = [fleet.groups[name] for one in fleet.members for name in one.groups]
        agents = sum(len(group.agents) for group in placed)
        yield f"{'fleet':<10} {len(fleet.members)} machines {_counted(len(placed), agents)}   valid"


def _counted(groups: int, agents: int) -> str:
    """Both numbers in columns, each noun in its number."""
    return (
        f"{groups:>3} {'group' if groups == 1 else 'groups':<6} {agents:>4} {'agent' if agents == 1 else 'agents':<6}"
    )

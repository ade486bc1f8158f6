"""`fleet validate`: every error of the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.options import optional_stack_argument
from cli.terminal import Exit, project_root
from fleet.errors import UnknownStackError
from fleet.labels import WAIVER_WARN_DAYS
from fleet.source.faults import ConfigurationError

if TYPE_CHECKING:
    from fleet.load.project import Project
    from fleet.model import Fleet


@click.command()
@optional_stack_argument
def validate(stack: str | None) -> Exit:
    """Find every error of the configuration."""
    from fleet.checks.waivers import waivers_of
    from fleet.load.project import load_project

    root = project_root()
    if stack is not None and not (root / f"Pulumi.{stack}.yaml").is_file():
        raise UnknownStackError(stack, (file.name.split(".")[1] for file in root.glob("Pulumi.*.yaml")))
    try:
        project = load_project(root)
        if any(True for group in project.fleet.groups.values() for _ in waivers_of(group)):
            # Importing the rules takes longer than the rest of a validation: only where something is waived.
            from cli.waivers import ensure_waivers_name_rules

            ensure_waivers_name_rules(project)
    except ConfigurationError as error:
        if stack is not None and not _concerning(stack, error):
            print(f"{stack}: good; other stacks have {len(error.faults)} faults (fleet validate shows them)")
            return Exit.GOOD
        raise
    print("\n".join([_summary(project.fleet, stack), *_ending(project)]))
    return Exit.GOOD


def _ending(project: Project) -> list[str]:
    """A line for each waiver that ends soon."""
    from datetime import date

    from fleet.checks.waivers import waivers_of

    today = date.today()
    return [
        f"{project.sources.place_of_group(name, path)}: the waiver of {rule} ends on {waiver.until}; mend it until then"
        for name, group in project.fleet.groups.items()
        for path, rule, waiver in waivers_of(group)
        if (waiver.until - today).days <= WAIVER_WARN_DAYS
    ]


def _concerning(stack: str, error: ConfigurationError) -> bool:
    """Whether a fault lies in a file that is not another stack's: a group's fault may be anybody's."""
    return any(
        not fault.source.startswith("Pulumi.") or fault.source == f"Pulumi.{stack}.yaml" for fault in error.faults
    )


def _summary(fleet: Fleet, stack: str | None) -> str:
    shown = [fleet.stacks[stack]] if stack is not None else list(fleet.stacks.values())
    lines = []
    for one in shown:
        groups = [fleet.groups[name] for name in one.groups]
        agents = sum(len(group.agents) for group in groups)
        kind = "sandbox" if one.sandbox else str(one.machine.target)
        lines.append(f"{one.name:<10} {kind:<10} {len(groups):>3} groups {agents:>4} agents   good")
    if stack is None:
        placed = [fleet.groups[name] for one in fleet.members for name in one.groups]
        agents = sum(len(group.agents) for group in placed)
        lines.append(
            f"{'fleet':<10} {len(fleet.members)} machines {len(placed):>3} groups {agents:>4} agents   no faults"
        )
    return "\n".join(lines)

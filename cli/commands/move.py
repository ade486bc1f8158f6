"""`fleet move`: what changes when a group moves to another machine; changes nothing."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli import completing
from cli.options import json_option
from cli.terminal import Exit, console, project_root
from fleet.source.faults import ConfigurationError

if TYPE_CHECKING:
    from fleet.relocation.plan import Move


@click.command()
@click.argument("group", help="Name of a container group", shell_complete=completing.groups)
@click.option("--to", required=True, help="Stack it would move to", shell_complete=completing.stacks)
@json_option
def move(group: str, to: str, as_json: bool) -> Exit:
    """Show what changes when a group moves to another machine; changes nothing. Exit code 2 where it could not stay."""
    from fleet.load.project import load_project
    from fleet.relocation.plan import plan_move

    project = load_project(project_root())
    found = plan_move(project.fleet, project.sources, group, to)
    if as_json:
        print(json.dumps(_as_data(found), indent=2))
        return Exit.BAD_INPUT if found.faults else Exit.GOOD
    from cli.view.move_text import show_move

    show_move(console(), project.fleet, found)
    if found.faults:
        raise ConfigurationError(found.faults)
    return Exit.GOOD


def _as_data(move: Move) -> dict[str, Any]:
    faults = [
        {"file": fault.source, "line": fault.line, "path": fault.path, "problem": fault.problem, "remedy": fault.remedy}
        for fault in ConfigurationError(move.faults).faults
    ]
    return {
        "group": move.group,
        "from": move.source,
        "to": move.target,
        "valid": not move.faults,
        "changes": {title: [asdict(row) for row in rows] for title, rows in move.sections.items()},
        "edits": list(move.edits),
        "faults": faults,
    }

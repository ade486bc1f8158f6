"""`fleet move`: preview of moving a group to another machine."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from cli import completing
from cli.options import json_option
from cli.terminal import Exit, console, project_root
from fleet.source.faults import ConfigurationError


@click.command()
@click.argument("group", help="Group name", shell_complete=completing.groups)
@click.option("--to", required=True, help="Destination stack", shell_complete=completing.stacks)
@json_option
def move(group: str, to: str, as_json: bool) -> Exit:
    """Preview moving a group to another machine; read-only. Exit code 2 if the result is invalid."""
    from fleet.load.project import load_project
    from fleet.relocation.plan import plan_move

    project = load_project(project_root())
    moved = plan_move(project.fleet, project.sources, group, to)
    if not as_json:
        from cli.view.move_text import show_move

        show_move(console(), project.fleet, moved)
        if moved.faults:
            raise ConfigurationError(moved.faults)
        return Exit.GOOD
    from cli.view.failure import fault_node

    faults = [fault_node(fault) for fault in ConfigurationError(moved.faults).faults]
    data = {
        "group": moved.group,
        "from": moved.source,
        "to": moved.target,
        "valid": not faults,
        "changes": {title: [asdict(row) for row in rows] for title, rows in moved.sections.items()},
        "edits": moved.edits,
        "faults": faults,
    }
    print(json.dumps(data, indent=2))
    return Exit.BAD_INPUT if faults else Exit.GOOD

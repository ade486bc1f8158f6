"""`fleet move`: what changes when a group moves to another machine; changes nothing."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from cli.terminal import Exit, UserError, console, project_root
from fleet.load.project import load_project
from fleet.relocation.plan import Move, NoMoveError, plan_move
from fleet.source.faults import ConfigurationError


def move(group: str, to: str, *, as_json: bool) -> Exit:
    """Shows the move, and every fault that the fleet would have after it."""
    project = load_project(project_root())
    try:
        found = plan_move(project.fleet, project.sources, group, to)
    except NoMoveError as error:
        raise UserError(str(error)) from None
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

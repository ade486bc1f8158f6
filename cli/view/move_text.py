"""The move of a group as text: what changes, section by section, before and after."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from cli.terminal import trimmed
from fleet.model import Fleet
from fleet.relocation.plan import Move
from fleet.relocation.row import Row


def show_move(out: Console, fleet: Fleet, move: Move) -> None:
    """Prints what changes, what does not, and the edits to make."""
    there = fleet.stacks[move.target].machine
    origin = f"{move.source} ({fleet.stacks[move.source].machine.target})" if move.source else "no stack"
    with trimmed(out):
        out.print(f"{move.group}: from {origin} to {move.target} ({there.target}); preview only")
        for title, rows in move.sections.items():
            if rows:
                out.print(f"\n{title}")
                for row in rows:
                    _show(out, row)
        same = [title for title, rows in move.sections.items() if not rows]
        if same:
            out.print(f"\nunchanged: {', '.join(same)}")
        out.print("\nto move it")
        for edit in move.edits:
            out.print(Padding(Text(edit), (0, 0, 0, 2)))
        verdict = "the fleet is invalid:" if move.faults else f"the fleet is valid; next: fleet plan {move.target}"
        out.print(f"\nafter these edits {verdict}")


def _show(out: Console, row: Row) -> None:
    out.print(Padding(Text(f"{row.what}: {row.before} -> {row.after}"), (0, 0, 0, 2)))
    if row.note:
        out.print(Padding(Text(row.note), (0, 0, 0, 6)))

"""The move of a group as text: each change, then the edits to make."""

from __future__ import annotations

from rich.console import Console

from cli.terminal import trimmed
from cli.view.rows import line
from fleet.model import Fleet
from fleet.relocation.plan import Move


def show_move(out: Console, fleet: Fleet, move: Move) -> None:
    """Prints what changes by section, which sections do not change, and the edits."""
    origin = f"{move.source} ({fleet.stacks[move.source].machine.target})" if move.source else "no stack"
    with trimmed(out):
        target = fleet.stacks[move.target].machine.target
        out.print(f"{move.group}: from {origin} to {move.target} ({target}); preview only")
        for title, rows in move.sections.items():
            if rows:
                out.print(f"\n{title}")
            for row in rows:
                line(out, 2, f"{row.what}: {row.before} -> {row.after}")
                if row.note:
                    line(out, 6, row.note)
        same = [title for title, rows in move.sections.items() if not rows]
        if same:
            out.print(f"\nunchanged: {', '.join(same)}")
        out.print("\nto move it")
        for edit in move.edits:
            line(out, 2, edit)
        verdict = "the fleet is invalid:" if move.faults else f"the fleet is valid; next: fleet plan {move.target}"
        out.print(f"\nafter these edits {verdict}")

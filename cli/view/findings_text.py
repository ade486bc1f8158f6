"""A policy result as text, and the violations that stop a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from cli.terminal import console, trimmed
from cli.view.rows import line
from fleet.text import plural

if TYPE_CHECKING:
    from rich.console import Console

    from cli.judging import Found, Judged


def show_finding(out: Console, found: Found) -> None:
    """Rule, standing and place, and the message below."""
    head = Text(f"{found.rule} {found.name}", "bold red" if found.mandatory else "yellow")
    head.append(f"   {found.standing}", "default")
    line(out, 2, head.append(f"   {found.place}", "default") if found.place else head)
    line(out, 4, found.message)


def show_violations(stack: str, judged: Judged, ending: str) -> None:
    """On standard error: a line with the number of violations and `ending`, and each mandatory one."""
    out = console(error=True)
    mandatory = [found for found in judged.found if found.mandatory]
    with trimmed(out, error=True):
        line(out, 0, f"{stack}: {plural(len(mandatory), 'violation')} of mandatory policies; {ending}")
        for found in mandatory:
            show_finding(out, found)

"""A policy result as text, and the violations that stop a command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.text import Text

from cli.terminal import console
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
    print(violations_text(stack, judged, ending), file=sys.stderr)


def violations_text(stack: str, judged: Judged, ending: str) -> str:
    """What `show_violations` prints."""
    out = console(error=True)
    mandatory = [found for found in judged.found if found.mandatory]
    with out.capture() as captured:
        line(out, 0, f"{stack}: {plural(len(mandatory), 'violation')} of mandatory policies; {ending}")
        for found in mandatory:
            show_finding(out, found)
    return "\n".join(text.rstrip() for text in captured.get().splitlines())

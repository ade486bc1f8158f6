"""Checks as text: a row per container, a row per other check that passed, then each problem in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.diagnostics.check import SEVERITY, Check, Status, counts, worst
from cli.terminal import trimmed
from cli.verify.connectivity import PEER
from cli.view import bar
from cli.view.rows import ascii_only
from fleet.text import plural

_MARKS = {Status.GOOD: "✓", Status.UNKNOWN: "?", Status.WARNING: "!", Status.WRONG: "✗"}
_ASCII = {"✓": "+", "✗": "x"}
_STYLES = {Status.GOOD: "green", Status.UNKNOWN: "yellow", Status.WARNING: "yellow", Status.WRONG: "bold red"}
_COLUMNS = {"runs": "up", "health": "health", "memory": "memory", "cpu": "CPUs"}
"""Checks on a container's row -> heading."""

_FIGURES = ("runs", "memory", "cpu")
"""Right-aligned columns."""

_BAR_WIDTH = 10
_WIDE = 100
"""Columns from which a bar fits on each container's row."""


def show_checks(out: Console, stack: str, title: str, checks: Sequence[Check], containers: Sequence[str] = ()) -> None:
    """Prints all checks of a stack; those of each container on one row."""
    with trimmed(out):
        out.print(Text(stack, "bold").append(f"   {title}", "default"))
        out.print()
        checked = [name for name in containers if any(check.subject == name for check in checks)]
        if checked:
            _overview(out, checks, checked)
            out.print()
        _rows(out, checks, containers)
        summary = ", ".join(f"{number} {status}" for status, number in counts(checks).items() if number)
        out.print(f"{plural(len(checks), 'check')}: {summary}")
        for status in SEVERITY:
            if status is not Status.GOOD:
                _in_full(out, [check for check in checks if check.status is status])


def _overview(out: Console, checks: Sequence[Check], containers: Sequence[str]) -> None:
    wide = out.width >= _WIDE
    columns = {check: heading for check, heading in _COLUMNS.items() if wide or check != "cpu"}
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in columns:
        table.add_column(no_wrap=True, justify="right" if check in _FIGURES else "left")
    for _ in range(2 if wide else 1):
        table.add_column(no_wrap=True)
    table.add_row("", "", *columns.values(), "peers", *(("of its memory",) if wide else ()), style="dim")
    for name in containers:
        own = {check.check: check for check in checks if check.subject == name}
        figures = [Text(own[check].brief if check in own else "") for check in columns]
        drawn = (_bar(out, own.get("memory")),) if wide else ()
        table.add_row(_mark(out, worst(own.values())), Text(name), *figures, _peers(own), *drawn)
    out.print(table)


def _peers(own: Mapping[str, Check]) -> str:
    """Reachable peers of a container; empty if it is not running."""
    peers = [check.status is Status.GOOD for check in own.values() if check.check.startswith(PEER)]
    return f"{sum(peers)} of {len(peers)}" if peers else "none" if "health" in own else ""


def _bar(out: Console, memory: Check | None) -> Text:
    if memory is None or memory.share is None:
        return Text()
    used = min(round(memory.share * 100), 100)
    return bar.bar([*bar.shares([("used", used)]), bar.free(100 - used)], _BAR_WIDTH, ascii_only=ascii_only(out))


def _rows(out: Console, checks: Sequence[Check], containers: Sequence[str]) -> None:
    """The checks that are not in the overview, one row per kind."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(ratio=1)
    by_kind: dict[tuple[bool, str], list[Check]] = {}
    for check in checks:
        of_container = check.subject in containers
        if not (of_container and (check.check in _COLUMNS or check.check.startswith(PEER))):
            by_kind.setdefault((of_container, check.check), []).append(check)
    for (of_container, kind), same in sorted(by_kind.items(), key=lambda item: not item[0][0]):
        passed = [check for check in same if check.status is Status.GOOD]
        ratio = f"{len(passed)} of {len(same)}"
        if of_container:
            table.add_row(_mark(out, worst(same)), kind, f"{ratio} as planned")
        elif len(same) > 1 and passed:
            names = ", ".join(check.subject for check in passed)
            table.add_row(_mark(out, worst(same)), kind, Text(f"{ratio}: {names}"))
        elif passed:
            # A plain string would be read as markup.
            table.add_row(_mark(out, Status.GOOD), Text(f"{passed[0].subject} {kind}"), Text(passed[0].figure))
    if table.row_count:
        out.print(table)
        out.print()


def _in_full(out: Console, checks: Sequence[Check]) -> None:
    """Each check with its fix; a fix shared by consecutive checks is printed once."""
    for fix, same in groupby(checks, key=lambda check: check.mend):
        for check in same:
            row = Table.grid(padding=(0, 2, 0, 0))
            row.add_column(no_wrap=True)
            row.add_column(ratio=1)
            head = Text(check.subject, "bold").append(f" {check.check}: {check.figure}", "default")
            row.add_row(_mark(out, check.status), head)
            out.print(row)
        # Not wrapped, for copying.
        out.print(Text(f"    {fix}"), soft_wrap=True)


def _mark(out: Console, status: Status) -> Text:
    mark = _MARKS[status]
    return Text(f"{_ASCII.get(mark, mark) if ascii_only(out) else mark} {status}", _STYLES[status])

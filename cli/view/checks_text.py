"""Checks as text: a row per container, a row per passed check of the rest, then all others in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from cli.diagnostics.check import Check, Status, counts, worst
from cli.terminal import trimmed
from cli.verify.connectivity import PEER
from cli.view import bar
from fleet.text import plural

_MARKS = {Status.GOOD: "✓", Status.UNKNOWN: "?", Status.WARNING: "!", Status.WRONG: "✗"}
_ASCII = {"✓": "+", "✗": "x"}
_STYLES = {Status.GOOD: "green", Status.UNKNOWN: "yellow", Status.WARNING: "yellow", Status.WRONG: "bold red"}
_COLUMNS = {"runs": "up", "health": "health", "memory": "memory", "cpu": "CPUs"}
"""Check -> column of the overview of containers."""

_FIGURES = ("runs", "memory", "cpu")
_PADDING = (0, 2, 0, 0)
_BAR_WIDTH = 10
_WIDE = 100
"""Minimum width for the CPUs and a bar of each container."""


def show_checks(out: Console, stack: str, title: str, checks: Sequence[Check], containers: Sequence[str] = ()) -> None:
    """Prints all checks of a stack, those of `containers` in a row each."""
    with trimmed(out):
        out.print(Text(stack, "bold").append(f"   {title}", "default"))
        out.print()
        checked = [name for name in containers if any(check.subject == name for check in checks)]
        if checked:
            _overview(out, checks, checked)
            out.print()
        _rows(out, checks, containers)
        numbers = ", ".join(
            plural(number, status) if status is Status.WARNING else f"{number} {status}"
            for status, number in counts(checks).items()
            if number
        )
        out.print(f"{plural(len(checks), 'check')}: {numbers}")
        for status in Status:
            if status is not Status.GOOD:
                _in_full(out, [check for check in checks if check.status is status])


def _overview(out: Console, checks: Sequence[Check], containers: Sequence[str]) -> None:
    wide = out.width >= _WIDE
    columns = {check: heading for check, heading in _COLUMNS.items() if wide or check != "cpu"}
    table = Table.grid(Column(no_wrap=True), Column(overflow="fold"), padding=_PADDING)
    for check in (*columns, "peers", *(("bar",) if wide else ())):
        table.add_column(no_wrap=True, justify="right" if check in _FIGURES else "left")
    extra = ("of its memory",) if wide else ()
    table.add_row("", "", *columns.values(), "peers", *extra, style="dim")
    for name in containers:
        own = {check.check: check for check in checks if check.subject == name}
        figures = [Text(own[check].brief if check in own else "") for check in columns]
        drawn = (_bar(out, own.get("memory")),) if wide else ()
        table.add_row(_mark(out, worst(own.values())), Text(name), *figures, _peers(own), *drawn)
    out.print(table)


def _peers(own: Mapping[str, Check]) -> str:
    """Reachable peers of a container; empty if it does not run."""
    peers = [check for check in own.values() if check.check.startswith(PEER)]
    if not peers:
        return "none" if "health" in own else ""
    return f"{counts(peers)[Status.GOOD]} of {len(peers)}"


def _bar(out: Console, memory: Check | None) -> Text:
    if memory is None or memory.share is None:
        return Text()
    used = min(round(memory.share * 100), 100)
    parts = [*bar.shares([("used", used)]), bar.free(100 - used)]
    return bar.bar(parts, _BAR_WIDTH, ascii_only=_ascii_only(out))


def _rows(out: Console, checks: Sequence[Check], containers: Sequence[str]) -> None:
    table = Table.grid(Column(no_wrap=True), Column(overflow="fold"), Column(ratio=1), padding=_PADDING)
    others = [check for check in checks if check.check not in _COLUMNS and not check.check.startswith(PEER)]
    for same in _by_name([check for check in others if check.subject in containers]):
        passed = f"{counts(same)[Status.GOOD]} of {len(same)} as planned"
        table.add_row(_mark(out, worst(same)), same[0].check, passed)
    for same in _by_name([check for check in checks if check.subject not in containers]):
        passing = [check for check in same if check.status is Status.GOOD]
        if len(same) > 1 and passing:
            names = ", ".join(check.subject for check in passing)
            table.add_row(_mark(out, worst(same)), same[0].check, Text(f"{len(passing)} of {len(same)}: {names}"))
        elif passing:
            # A str would be read as markup.
            table.add_row(_mark(out, Status.GOOD), Text(f"{same[0].subject} {same[0].check}"), Text(same[0].figure))
    if table.row_count:
        out.print(table)
        out.print()


def _by_name(checks: Sequence[Check]) -> list[list[Check]]:
    names = dict.fromkeys(check.check for check in checks)
    return [[check for check in checks if check.check == name] for name in names]


def _in_full(out: Console, checks: Sequence[Check]) -> None:
    """Each check with its fix; consecutive checks share one."""
    for fix, same in groupby(checks, key=lambda check: check.fix):
        for check in same:
            row = Table.grid(Column(no_wrap=True), Column(ratio=1), padding=_PADDING)
            head = Text(check.subject, "bold").append(f" {check.check}: {check.figure}", "default")
            row.add_row(_mark(out, check.status), head)
            out.print(row)
        # Not wrapped, so that it can be copied.
        out.print(Text(f"    {fix}"), soft_wrap=True)


def _mark(out: Console, status: Status) -> Text:
    mark = _MARKS[status]
    return Text(f"{_ASCII.get(mark, mark) if _ascii_only(out) else mark} {status}", _STYLES[status])


def _ascii_only(out: Console) -> bool:
    return "utf" not in out.encoding.lower()

"""Checks as a picture: a row for each container, a row for each other check that is good, and last what is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.diagnostics.check import SEVERITY, Check, Status, counts, worst
from cli.verify.connectivity import PEER
from cli.view import bar
from fleet.text import plural

_MARKS = {Status.GOOD: "✓", Status.UNKNOWN: "?", Status.WARNING: "!", Status.WRONG: "✗"}
_ASCII = {"✓": "+", "✗": "x"}
_STYLES = {Status.GOOD: "green", Status.UNKNOWN: "yellow", Status.WARNING: "yellow", Status.WRONG: "bold red"}
_COLUMNS = {"runs": "up", "health": "health", "memory": "memory", "cpu": "CPUs"}
"""Checks that every container's row shows -> heading."""

_FIGURES = ("runs", "memory", "cpu")
"""Those that hold a figure, and stand flush right."""

_BAR_WIDTH = 10
_WIDE = 100
"""Columns from which there is room for a bar beside each container."""


def show_checks(out: Console, stack: str, title: str, checks: Sequence[Check], containers: Sequence[str] = ()) -> None:
    """Prints all checks of a stack; those of `containers` in one row each, where there are any."""
    with out.capture() as captured:
        _show(out, stack, title, checks, containers)
    # Tables pad their cells; piped or copied output should not carry the padding.
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def _show(out: Console, stack: str, title: str, checks: Sequence[Check], containers: Sequence[str]) -> None:
    out.print(Text(stack, "bold").append(f"   {title}", "default"))
    out.print()
    judged = [name for name in containers if any(check.subject == name for check in checks)]
    if judged:
        _overview(out, checks, judged)
        out.print()
    shown = set(_COLUMNS) | {check.check for check in checks if check.check.startswith(PEER)}
    rest = [check for check in checks if check.subject not in containers]
    folded = [check for check in checks if check.subject in containers and check.check not in shown]
    _rows(out, folded, rest)
    out.print(_summary(checks))
    for status in SEVERITY:
        _in_full(out, [check for check in checks if check.status is status and status is not Status.GOOD])


def _overview(out: Console, checks: Sequence[Check], containers: Sequence[str]) -> None:
    wide = out.width >= _WIDE
    columns = {check: heading for check, heading in _COLUMNS.items() if wide or check != "cpu"}
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in columns:
        table.add_column(no_wrap=True, justify="right" if check in _FIGURES else "left")
    table.add_column(no_wrap=True)
    if wide:
        table.add_column(no_wrap=True)
    extra = ("of its memory",) if wide else ()
    table.add_row("", "", *columns.values(), "peers", *extra, style="dim")
    for name in containers:
        own = {check.check: check for check in checks if check.subject == name}
        figures = [own[check].brief if check in own else "" for check in columns]
        drawn = (_bar(out, own.get("memory")),) if wide else ()
        table.add_row(_mark(out, worst(own.values())), Text(name), *map(Text, figures), _peers(own), *drawn)
    out.print(table)


def _peers(own: Mapping[str, Check]) -> str:
    """How many of a container's peers answer; nothing where it does not run."""
    peers = [check for check in own.values() if check.check.startswith(PEER)]
    if not peers:
        return "none" if "health" in own else ""
    return f"{sum(check.status is Status.GOOD for check in peers)} of {len(peers)}"


def _bar(out: Console, memory: Check | None) -> Text:
    if memory is None or memory.share is None:
        return Text()
    used = min(round(memory.share * 100), 100)
    parts = [*bar.shares([("used", used)]), bar.free(100 - used)]
    return bar.bar(parts, _BAR_WIDTH, ascii_only=_ascii_only(out))


def _rows(out: Console, folded: Sequence[Check], rest: Sequence[Check]) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(ratio=1)
    for same in _alike(folded):
        well = [check for check in same if check.status is Status.GOOD]
        table.add_row(_mark(out, worst(same)), same[0].check, f"{len(well)} of {len(same)} as planned")
    for same in _alike(rest):
        well = [check for check in same if check.status is Status.GOOD]
        if len(same) > 1 and well:
            names = ", ".join(check.subject for check in well)
            table.add_row(_mark(out, worst(same)), same[0].check, Text(f"{len(well)} of {len(same)}: {names}"))
        elif well:
            # A plain text would be read as markup.
            table.add_row(_mark(out, Status.GOOD), Text(f"{well[0].subject} {well[0].check}"), Text(well[0].figure))
    if table.row_count:
        out.print(table)
        out.print()


def _alike(checks: Sequence[Check]) -> list[list[Check]]:
    """Checks by what they look at, in the order of the first of each."""
    found: dict[str, list[Check]] = {}
    for check in checks:
        found.setdefault(check.check, []).append(check)
    return list(found.values())


def _summary(checks: Sequence[Check]) -> str:
    found = [f"{number} {status}" for status, number in counts(checks).items() if number]
    return f"{plural(len(checks), 'check')}: {', '.join(found)}"


def _in_full(out: Console, checks: Sequence[Check]) -> None:
    """What needs attention, each with its fix; a fix shared by consecutive checks is printed once."""
    for mend, same in groupby(checks, key=lambda check: check.mend):
        for check in same:
            row = Table.grid(padding=(0, 2, 0, 0))
            row.add_column(no_wrap=True)
            row.add_column(ratio=1)
            head = Text(check.subject, "bold").append(f" {check.check}: {check.figure}", "default")
            row.add_row(_mark(out, check.status), head)
            out.print(row)
        # Never wrapped: it is meant to be copied.
        out.print(Text(f"    {mend}"), soft_wrap=True)


def _mark(out: Console, status: Status) -> Text:
    mark = _MARKS[status]
    if _ascii_only(out):
        mark = _ASCII.get(mark, mark)
    return Text(f"{mark} {status}", _STYLES[status])


def _ascii_only(out: Console) -> bool:
    return "utf" not in out.encoding.lower()

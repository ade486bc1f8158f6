"""Where values come from, as text: one field in full, or a row a field."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.explain.explain import Explained, ExplainedResource
from cli.explain.sources import Source
from cli.terminal import trimmed
from cli.view.diff_words import named, short
from policy.engine.catalogue import rule

_MOST = 8
_WIDE = 110
"""Columns from which there is room for the rules beside each field."""

_LABEL = 9
_VALUE = 28
_STATES = {
    "written": "{place}",
    "default": "not written: the default of {default}; it would stand below {place}",
    "absent": "not written, and no value without it; it would stand below {place}",
    "name": "{place}: its name",
    "folder": "{place}: the folder it lies in",
    "contents": "{place}: every file that it is built from",
}


def show_fields(out: Console, resources: Sequence[ExplainedResource]) -> None:
    """Prints each field in full."""
    with trimmed(out):
        for resource in resources:
            out.print(Text(resource.name, "bold").append(f"   {resource.kind}", "default"))
            for field in resource.fields:
                _field(out, field)


def show_tables(out: Console, resources: Sequence[ExplainedResource]) -> None:
    """Prints a row a field."""
    with trimmed(out):
        for resource in resources:
            out.print(Text(resource.name, "bold").append(f"   {resource.kind}", "default"))
            for source in resource.there_for[:1]:
                out.print(Padding(Text(f"is there for {source.key} = {source.value}   {source.place}"), (0, 0, 0, 2)))
            out.print(_table(resource.fields, wide=out.width >= _WIDE))
            out.print()


def place_text(source: Source) -> str:
    """Where a key stands, or would."""
    return _STATES[source.state].format(place=source.place, default=source.default_place)


def _field(out: Console, field: Explained) -> None:
    _line(out, 2, f"{field.field} = {field.value}")
    for number, source in enumerate(field.sources[:_MOST]):
        _labelled(out, "and" if number else "from", f"{source.key} = {source.value}")
        _line(out, 4 + _LABEL, f"{place_text(source)}; another value {source.effect}")
    left = len(field.sources) - _MOST
    if left > 0:
        _line(out, 4 + _LABEL, f"and {left} keys more, which decide more besides: --json names them")
    if field.fixed:
        _labelled(out, "fixed", field.fixed)
    names = [f"{rule_id} {rule(rule_id).name}" for rule_id in field.rules]
    _labelled(out, "read by", ", ".join(names) or "no rule")


def _labelled(out: Console, label: str, text: str) -> None:
    row = Table.grid()
    row.add_column(width=_LABEL)
    row.add_column(overflow="fold")
    row.add_row(Text(label), Text(text))
    out.print(Padding(row, (0, 0, 0, 4)))


def _line(out: Console, indent: int, text: str) -> None:
    out.print(Padding(Text(text, overflow="fold"), (0, 0, 0, indent)))


def _table(fields: Sequence[Explained], *, wide: bool) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold", ratio=5)
    table.add_column(overflow="fold", ratio=3)
    table.add_column(overflow="fold", ratio=6)
    if wide:
        table.add_column(overflow="fold", ratio=2)
    table.add_row(*("field", "value", "from", "read by")[: 4 if wide else 3])
    for field in fields:
        row = [Text(field.field), Text(short(field.value, _VALUE)), Text(_from(field))]
        table.add_row(*row, *([Text(named(field.rules, 3) or "no rule")] if wide else []))
    return table


def _from(field: Explained) -> str:
    """The key that decides it before all others, and how many do too."""
    if not field.sources:
        return f"fixed: {field.fixed}"
    first, rest = field.sources[0], len(field.sources) - 1
    more = f" (and {rest} more)" if rest else ""
    unwritten = {"default": ", a default", "absent": ", not written"}.get(first.state, "")
    return f"{first.place} {first.key}{unwritten}{more}"

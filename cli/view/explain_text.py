"""Fields and the keys that decide them, as text: each field in full, or a row each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from cli.explain.explain import Explained, ExplainedResource
from cli.terminal import trimmed
from cli.view.diff_words import named, short
from cli.view.rows import line
from fleet.text import plural
from policy.engine.catalogue import rule

_IN_FULL = 8
"""Most fields shown in full; more are shown as a table."""

_SOURCES = 8
_WIDE = 110
"""Minimum width for the rules of each field."""

_LABEL = 9
_VALUE = 28
_UNWRITTEN = {"default": ", by default", "absent": ", not set"}
_STATES = {
    "written": "{place}",
    "default": "the default of {default}; to set it, add it below {place}",
    "absent": "not set; to set it, add it below {place}",
    "name": "the name of {place}",
    "folder": "the folder of {place}",
    "contents": "the files in {place}",
}


def show(out: Console, resources: Sequence[ExplainedResource], *, whole: bool) -> None:
    """Prints resources; whole: all fields were requested, so constants are only counted."""
    with trimmed(out):
        for resource in resources:
            out.print(Text(resource.name, "bold").append(f"   {resource.kind}", "default"))
            if not whole and len(resource.fields) <= _IN_FULL:
                for field in resource.fields:
                    _field(out, field)
                continue
            for source in resource.there_for[:1] if whole else ():
                line(out, 2, f"exists because of {source.key} = {source.value}   {source.place}")
            decided = [field for field in resource.fields if field.sources or not whole]
            out.print(_table(decided, wide=out.width >= _WIDE, by_key=whole))
            if constants := len(resource.fields) - len(decided):
                line(out, 2, f"{plural(constants, 'constant')} that no key decides; --json lists them")
            out.print()


def _field(out: Console, field: Explained) -> None:
    line(out, 2, f"{field.field} = {field.value}")
    for number, source in enumerate(field.sources[:_SOURCES]):
        _labelled(out, "and" if number else "from", f"{source.key} = {source.value}")
        place = _STATES[source.state].format(place=source.place, default=source.default_place)
        line(out, 4 + _LABEL, f"{place}; a change {source.effect}")
    left = len(field.sources) - _SOURCES
    if left > 0:
        line(out, 4 + _LABEL, f"and {plural(left, 'less specific key')}; --json lists them")
    if field.fixed:
        _labelled(out, "from", field.fixed)
    names = [f"{rule_id} {rule(rule_id).name}" for rule_id in field.rules]
    _labelled(out, "read by", ", ".join(names) or "no rule")


def _labelled(out: Console, label: str, text: str) -> None:
    row = Table.grid(Column(width=_LABEL), Column(overflow="fold"))
    row.add_row(Text(label), Text(text))
    out.print(Padding(row, (0, 0, 0, 4)))


def _table(fields: Sequence[Explained], *, wide: bool, by_key: bool) -> Table:
    """A row per field; below the name of a section, a row per key or field of it."""
    columns = [Column(overflow="fold", ratio=ratio) for ratio in (5, 3, 6, 2)[: 4 if wide else 3]]
    table = Table.grid(*columns, padding=(0, 2, 0, 0))
    table.add_row(*("field", "value", "from", "read by")[: 4 if wide else 3])
    for section, members in groupby(sorted(fields, key=_order), lambda field: field.section):
        if section:
            table.add_row(Text(section, "bold"))
        indent = (0, 0, 0, 2 if section else 0)
        for name, *cells in _key_rows(section, members) if section and by_key else map(_field_row, members):
            table.add_row(Padding(name, indent), *cells[: 3 if wide else 2])
    return table


def _order(field: Explained) -> tuple[str, bool, str]:
    key = field.sources[0].key if field.section else ""
    return field.section, f".{field.section}." not in key, key


def _field_row(field: Explained) -> tuple[str, ...]:
    place = field.fixed
    if field.sources:
        source, more = field.sources[0], len(field.sources) - 1
        place = f"{source.place} {source.key}{_UNWRITTEN.get(source.state, '')}{f' (and {more} more)' if more else ''}"
    return field.field, short(field.value, _VALUE), place, named(field.rules, 3) or "no rule"


def _key_rows(section: str, fields: Iterable[Explained]) -> Iterator[tuple[str, ...]]:
    """A row per key that is the most specific of some fields."""
    for key, group in groupby(fields, lambda field: field.sources[0].key):
        members = list(group)
        first = members[0].sources[0]
        rules = sorted({rule_id for field in members for rule_id in field.rules})
        where = f"{first.place}{_UNWRITTEN.get(first.state, '')}; sets {named([field.field for field in members], 3)}"
        yield key.rpartition(f".{section}.")[2], first.value, where, named(rules, 3) or "no rule"

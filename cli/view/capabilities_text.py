"""Capabilities as a table: one row per feature, one column per target, then the reasons."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.terminal import trimmed
from fleet.targets.features import Feature, Level
from fleet.targets.registry import capabilities

_MARKS = {Level.DOES: "✓ supported", Level.CHANGES: "~ differs", Level.CANNOT: "✗ unsupported"}

_HEADINGS = {
    Level.DOES: "supported",
    Level.CHANGES: "handled differently",
    Level.CANNOT: "not supported",
}


def show_capabilities(out: Console) -> None:
    """Prints the table, then every difference and every missing feature with its reason."""
    known = capabilities()
    with trimmed(out):
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column("feature")
        for target in known:
            table.add_column(str(target))
        for feature in Feature:
            table.add_row(str(feature), *(_MARKS[found[feature].level] for found in known.values()))
        out.print(table)
        for target, found in known.items():
            for level in (Level.CHANGES, Level.CANNOT, Level.DOES):
                out.print(f"\n{_HEADINGS[level]} on {target}")
                for feature, support in found.items():
                    if support.level is level:
                        out.print(Padding(Text(f"{feature}: {support.how}"), (0, 0, 0, 2)))

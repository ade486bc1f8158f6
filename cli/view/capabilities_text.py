"""Capabilities as a table of features by target, then the reason of each entry."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from cli.terminal import trimmed
from cli.view.rows import line
from fleet.targets.features import Feature, Level
from fleet.targets.registry import capabilities

_MARKS = {Level.DOES: "✓ supported", Level.CHANGES: "~ differs", Level.CANNOT: "✗ unsupported"}
_HEADINGS = {Level.CHANGES: "handled differently", Level.CANNOT: "not supported", Level.DOES: "supported"}


def show_capabilities(out: Console) -> None:
    """Prints the table and the reasons."""
    known = capabilities()
    table = Table("feature", *map(str, known), box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for feature in Feature:
        table.add_row(str(feature), *(_MARKS[supports[feature].level] for supports in known.values()))
    with trimmed(out):
        out.print(table)
        for target, supports in known.items():
            for level, heading in _HEADINGS.items():
                out.print(f"\n{heading} on {target}")
                for feature, support in supports.items():
                    if support.level is level:
                        line(out, 2, f"{feature}: {support.how}")

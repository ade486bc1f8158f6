"""A difference on a terminal: what goes first, then what restarts, what it takes of the machine, what policies say."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.diff.model import Card, Kind, ResourceChange, StackDiff
from cli.diff.restarts import HOW
from cli.terminal import trimmed
from cli.view import bar
from cli.view.diff_words import (
    MARKS,
    card_title,
    cost_text,
    counts,
    effect_text,
    field_text,
    in_order,
    kind_of,
    memory_text,
    moves,
    named,
    policy_counts,
    port_lines,
    presence_text,
    result_head,
    wave_text,
)
from cli.view.rows import LABEL_WIDTH, ascii_only, bar_row, indented, labelled
from fleet.text import thousands

_FIELDS_MAX = 8
"""Fields of one resource that are told; --json has them all."""

_STYLES = {Kind.REMOVED: "red", Kind.REPLACED: "yellow", Kind.CHANGED: "cyan", Kind.ADDED: "green"}


def show_diff(out: Console, diffs: Sequence[StackDiff], base: str) -> None:
    """Prints every stack that differs, and the names of those that do not."""
    with trimmed(out):
        out.print(Text(f"compared with {base}"))
        for line in moves(diffs):
            out.print(Text(line))
        for diff in diffs:
            if not diff.is_empty:
                out.print()
                _stack(out, diff)
        if any(diff.restarts for diff in diffs):
            out.print(Text(f"\nseconds: {HOW}"))
        same = [diff.stack for diff in diffs if diff.is_empty]
        if same:
            out.print(f"\nnothing differs in: {', '.join(same)}")


def _stack(out: Console, diff: StackDiff) -> None:
    presence = presence_text(diff)
    out.print(Text(diff.stack, "bold").append(f"   {presence or counts(diff)}", "default"))
    if diff.note:
        return
    for change in in_order(diff):
        _change(out, change)
    _restarts(out, diff)
    _machine(out, diff)
    _policies(out, diff)


def _change(out: Console, change: ResourceChange) -> None:
    mark = MARKS[change.kind] if not ascii_only(out) or MARKS[change.kind].isascii() else "!"
    head = Text(f"{mark} {change.kind} ", _STYLES[change.kind]).append(
        f"{kind_of(change.type)} {change.name}", "default"
    )
    out.print(Padding(head, (0, 0, 0, 2)))
    if change.why:
        out.print(Padding(Text(f"replaced because of {named(change.why)}"), (0, 0, 0, 6)))
    if change.warning:
        out.print(Padding(Text(f"WARNING: {change.warning}", "bold red"), (0, 0, 0, 6)))
    for field in change.fields[:_FIELDS_MAX]:
        out.print(Padding(Text(field_text(field)), (0, 0, 0, 6)))
    rest = len(change.fields) - _FIELDS_MAX
    if rest > 0:
        out.print(Padding(Text(f"and {rest} more fields (--json has them)"), (0, 0, 0, 6)))


def _restarts(out: Console, diff: StackDiff) -> None:
    if not diff.restarts:
        return
    out.print(f"\n  containers that stop or start: {len(diff.restarts)}, up to {diff.restart_s} s together")
    rows, wave = Table.grid(padding=(0, 2, 0, 0)), None
    for restart in diff.restarts:
        label = wave_text(restart)
        rows.add_row(label if restart.wave != wave else "", Text(f"{restart.container} {effect_text(restart)}"))
        wave = restart.wave
    out.print(Padding(rows, (0, 0, 0, 4)))


def _machine(out: Console, diff: StackDiff) -> None:
    cards = {name: pair for name, pair in (diff.cards or {}).items() if pair.differs}
    ports = port_lines(diff.ports)
    if not (cards or diff.memory.differs or ports or diff.usd.differs):
        return
    out.print()
    for name, pair in cards.items():
        out.print(Text(f"{card_title(name)}, MiB"))
        for label, card in (("before", pair.before), ("after", pair.after)):
            _card(out, label, card)
    if diff.memory.differs:
        labelled(out, "RAM", Text(memory_text(diff)))
    if ports:
        labelled(out, "ports", Text("\n".join(ports)))
    if diff.usd.differs:
        labelled(out, "cost", Text(cost_text(diff.usd)))


def _card(out: Console, label: str, card: Card | None) -> None:
    if card is None:
        labelled(out, label, Text("no such card"))
        return
    used = card.capacity_mib - card.free_mib
    parts = [
        *bar.shares([("requested", card.requested_mib)]),
        *([bar.overhead("contexts", card.context_mib)] if card.context_mib else []),
        *([bar.reserve("desktop", card.reserve_mib)] if card.reserve_mib else []),
        bar.free(card.free_mib),
    ]
    bar_row(out, label, parts, f"{card.model}   {thousands(used)} of {thousands(card.capacity_mib)}")
    indented(out, bar.legend(parts, out.width - LABEL_WIDTH, ascii_only=ascii_only(out)))


def _policies(out: Console, diff: StackDiff) -> None:
    out.print(f"\n  policies: {policy_counts(diff)}")
    policies = diff.policies
    for title, results in (("fixed", policies.fixed), ("newly waived", policies.waived), ("new", policies.new)):
        for result in results:
            style = "bold red" if title == "new" and result.level == "mandatory" else "default"
            out.print(Padding(Text(f"{title}: {result_head(result)}", style), (0, 0, 0, 4)))
            if title != "fixed":
                out.print(Padding(Text(result.message), (0, 0, 0, 6)))

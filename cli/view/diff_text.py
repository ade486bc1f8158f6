"""A difference as text: changed resources, restarts, capacity, policies."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.diff.model import Kind, ResourceChange, StackDiff
from cli.diff.restarts import HOW
from cli.terminal import trimmed
from cli.view import diff_words as words
from cli.view import memory
from cli.view.rows import ascii_only, labelled, line, memory_rows
from fleet.text import plural

_FIELDS_MAX = 8
"""Fields shown of one resource; --json has all."""

_STYLES = {Kind.REMOVED: "red", Kind.REPLACED: "yellow", Kind.CHANGED: "cyan", Kind.ADDED: "green"}


def show_diff(out: Console, diffs: Sequence[StackDiff], base: str) -> None:
    """Prints every stack that differs, and the names of the others."""
    with trimmed(out):
        for text in (f"compared with {base}", *words.moves(diffs)):
            line(out, 0, text)
        for diff in diffs:
            if not diff.is_empty:
                out.print()
                _stack(out, diff)
        if any(diff.restarts for diff in diffs):
            line(out, 0, f"\nseconds: {HOW}")
        same = [diff.stack for diff in diffs if diff.is_empty]
        if same:
            out.print(f"\nno differences: {', '.join(same)}")
        for diff in diffs:
            _still_violated(out, diff)


def _still_violated(out: Console, diff: StackDiff) -> None:
    """Violations that fail the command although nothing changed."""
    results = words.still_violated(diff)
    if results:
        line(out, 0, f"\n{diff.stack}: {plural(len(results), 'violation')} of mandatory policies, unchanged")
    for result in results:
        line(out, 2, words.result_head(result), "bold red")
        line(out, 4, result.message)


def _stack(out: Console, diff: StackDiff) -> None:
    title = words.presence_text(diff) or words.counts(diff)
    out.print(Text(diff.stack, "bold").append(f"   {title}", "default"))
    if diff.note:
        return
    for change in words.in_order(diff):
        _change(out, change)
    _restarts(out, diff)
    _machine(out, diff)
    _policies(out, diff)


def _change(out: Console, change: ResourceChange) -> None:
    text = words.change_text(change)
    head = Text(text.replace("±", "!") if ascii_only(out) else text)
    head.stylize(_STYLES[change.kind], 0, len(change.kind) + 3)
    line(out, 2, head)
    if change.why:
        line(out, 6, f"replaced because of {words.named(change.why)}")
    if change.warning:
        line(out, 6, f"WARNING: {change.warning}", "bold red")
    for field in change.fields[:_FIELDS_MAX]:
        line(out, 6, words.field_text(field))
    rest = len(change.fields) - _FIELDS_MAX
    if rest > 0:
        line(out, 6, f"and {rest} more fields (see --json)")


def _restarts(out: Console, diff: StackDiff) -> None:
    if not diff.restarts:
        return
    out.print(f"\n  containers that stop or start: {words.restarts_text(diff)}")
    rows, wave = Table.grid(padding=(0, 2, 0, 0)), None
    for restart in diff.restarts:
        label = words.wave_text(restart) if restart.wave != wave else ""
        rows.add_row(label, Text(f"{restart.container} {words.effect_text(restart)}"))
        wave = restart.wave
    out.print(Padding(rows, (0, 0, 0, 4)))


def _machine(out: Console, diff: StackDiff) -> None:
    cards = {name: pair for name, pair in (diff.cards or {}).items() if pair.differs}
    ports = words.port_lines(diff.ports)
    if cards or diff.memory.differs or ports or diff.usd.differs:
        out.print()
    for name, pair in cards.items():
        line(out, 0, words.card_title(name))
        for label, card in (("before", pair.before), ("after", pair.after)):
            if card is None:
                labelled(out, label, "none")
            else:
                memory_rows(out, label, memory.of_compared_card(card))
    if diff.memory.differs:
        labelled(out, "RAM", words.memory_text(diff))
    if ports:
        labelled(out, "ports", "\n".join(ports))
    if diff.usd.differs:
        labelled(out, "cost", words.cost_text(diff.usd))


def _policies(out: Console, diff: StackDiff) -> None:
    out.print(f"\n  policies: {words.policy_counts(diff)}")
    policies = diff.policies
    for title, results in (("fixed", policies.fixed), ("newly waived", policies.waived), ("new", policies.new)):
        for result in results:
            style = "bold red" if title == "new" and result.level == "mandatory" else "default"
            line(out, 4, f"{title}: {words.result_head(result)}", style)
            if title != "fixed":
                line(out, 6, result.message)

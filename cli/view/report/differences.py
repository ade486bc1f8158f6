"""Differences from a base on the page: a row per stack, and the changes of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import htpy as h

from cli.diff.model import ResourceChange, StackDiff
from cli.view import diff_words as words
from cli.view.memory import of_compared_card
from cli.view.report.bars import memory_bar
from cli.view.report.table import table


def differences_section(diffs: Sequence[StackDiff], base: str) -> h.Renderable:
    """The section. base: name of the other side."""
    differing = [diff for diff in diffs if not diff.is_empty]
    rows = [
        (
            diff.stack,
            words.presence_text(diff) or words.counts(diff),
            words.restarts_text(diff),
            words.policy_counts(diff),
        )
        for diff in differing
    ]
    same = ", ".join(diff.stack for diff in diffs if diff.is_empty)
    headings = ("stack", "resources", "restarts", "policy results")
    return h.section(id="difference", aria_labelledby="difference-heading")[
        h.h2(id="difference-heading")["Differences"],
        h.p(class_="muted")[f"Compared with {base} by offline plans."],
        table("Changes of each stack", headings, rows) if rows else h.p["No stack differs."],
        (h.details[h.summary[f"{diff.stack}: every change"], _changes(diff)] for diff in differing),
        h.p(class_="muted")[f"No differences: {same}"] if same and rows else None,
    ]


def _changes(diff: StackDiff) -> Iterator[h.Renderable]:
    for name, pair in (diff.cards or {}).items():
        for side, card in (("before", pair.before), ("after", pair.after)) if pair.differs else ():
            title = f"{words.card_title(name)}, {side}"
            yield memory_bar(title, of_compared_card(card)) if card else h.p[f"{title}: none"]
    policies = diff.policies
    lists = {
        "Memory": [words.memory_text(diff)] if diff.memory.differs else [],
        "Cost": [words.cost_text(diff.usd)] if diff.usd.differs else [],
        "Ports": words.port_lines(diff.ports),
        "Resources": [_change(change) for change in words.in_order(diff)],
        "Containers": [f"{words.wave_text(r)}: {r.container} {words.effect_text(r)}" for r in diff.restarts],
        "New policy results": [f"{words.result_head(r)}: {r.message}" for r in policies.new],
        "Newly waived policy results": [f"{words.result_head(r)}: {r.message}" for r in policies.waived],
        "Fixed policy results": [words.result_head(r) for r in policies.fixed],
    }
    for title, lines in lists.items():
        if lines:
            yield h.fragment[h.h3[title], h.ul[(h.li[line] for line in lines)]]


def _change(change: ResourceChange) -> str:
    fields = f" ({'; '.join(words.field_text(field) for field in change.fields)})" if change.fields else ""
    why = f"; because of {', '.join(change.why)}" if change.why else ""
    return f"{words.change_text(change)}{fields}{why}{f'; {change.warning}' if change.warning else ''}"

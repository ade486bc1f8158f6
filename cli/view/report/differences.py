"""Differences from a base on the page: a row per stack; folded below, every change with its reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import htpy as h

from cli.diff.model import Card, StackDiff
from cli.view.bar import Part, free, overhead, reserve, shares
from cli.view.diff_words import (
    MARKS,
    cost_text,
    counts,
    effect_text,
    field_text,
    in_order,
    kind_of,
    memory_text,
    policy_counts,
    port_lines,
    presence_text,
    result_head,
    wave_text,
)
from cli.view.memory import Taken
from cli.view.report.bars import memory_bar
from cli.view.report.table import table
from fleet.text import thousands


def differences_section(diffs: Sequence[StackDiff], base: str) -> h.Renderable:
    """The section. base: name of the other side."""
    differing = [diff for diff in diffs if not diff.is_empty]
    rows = [
        (diff.stack, presence_text(diff) or counts(diff), _restarts(diff), policy_counts(diff)) for diff in differing
    ]
    same = ", ".join(diff.stack for diff in diffs if diff.is_empty)
    headings = ("stack", "resources", "containers", "policy results")
    return h.section(id="difference", aria_labelledby="difference-heading")[
        h.h2(id="difference-heading")["What differs"],
        h.p(class_="muted")[f"Compared with {base}; both sides are offline plans."],
        table("What a change does to each stack", headings, rows) if rows else h.p["Nothing differs in any stack."],
        (_stack(diff) for diff in differing),
        h.p(class_="muted")[f"Nothing differs in: {same}"] if same and rows else None,
    ]


def _restarts(diff: StackDiff) -> str:
    return f"{len(diff.restarts)} start or stop, up to {diff.restart_s} s" if diff.restarts else "none stops"


def _stack(diff: StackDiff) -> h.Renderable:
    return h.details[h.summary[f"{diff.stack}: every change"], _inside(diff)]


def _inside(diff: StackDiff) -> Iterator[h.Renderable]:
    for name, pair in (diff.cards or {}).items():
        if pair.differs:
            yield from _cards(name, {"before": pair.before, "after": pair.after})
    if diff.memory.differs:
        yield h.p[f"Main memory: {memory_text(diff)}"]
    if diff.usd.differs:
        yield h.p[f"Cost, {cost_text(diff.usd)}"]
    yield from _list("Ports", port_lines(diff.ports))
    yield from _list("Resources", list(_changes(diff)))
    yield from _list("Containers", [f"{wave_text(r)}: {r.container} {effect_text(r)}" for r in diff.restarts])
    yield from _list("New policy results", [f"{result_head(r)}: {r.message}" for r in diff.policies.new])
    yield from _list("Newly waived policy results", [f"{result_head(r)}: {r.message}" for r in diff.policies.waived])
    yield from _list("Fixed policy results", [result_head(r) for r in diff.policies.fixed])


def _cards(name: str, sides: Mapping[str, Card | None]) -> Iterator[h.Renderable]:
    for side, card in sides.items():
        if card is None:
            yield h.p[f"Card {name}, {side}: none"]
            continue
        figures = f"{card.model} {thousands(card.capacity_mib - card.free_mib)} of {thousands(card.capacity_mib)} MiB"
        yield memory_bar(f"Card {name}, {side}", Taken(_parts(card), figures))


def _parts(card: Card) -> tuple[Part, ...]:
    return (
        *shares([("requests", card.requested_mib)]),
        overhead("contexts", card.context_mib),
        reserve("desktop", card.reserve_mib),
        free(card.free_mib),
    )


def _changes(diff: StackDiff) -> Iterator[str]:
    for change in in_order(diff):
        why = f"; because of {', '.join(change.why)}" if change.why else ""
        fields = "; ".join(field_text(field) for field in change.fields)
        warning = f"; {change.warning}" if change.warning else ""
        said = f" ({fields})" if fields else ""
        yield f"{MARKS[change.kind]} {change.kind} {kind_of(change.type)} {change.name}{said}{why}{warning}"


def _list(title: str, lines: Sequence[str]) -> Iterator[h.Renderable]:
    if lines:
        yield h.h3[title]
        yield h.ul[(h.li[line] for line in lines)]

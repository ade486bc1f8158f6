"""Wording shared by the text, Markdown and HTML views of a difference."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cli.diff.model import (
    VIOLATION,
    WAIVED,
    Effect,
    FieldChange,
    Kind,
    Pair,
    PolicyResult,
    Presence,
    ResourceChange,
    Restart,
    StackDiff,
)
from fleet.text import gibibytes

_LONG = 48
MARKS = {Kind.REMOVED: "-", Kind.REPLACED: "±", Kind.CHANGED: "~", Kind.ADDED: "+"}
"""Kind -> its mark; kinds that may lose data first."""

_EFFECTS = {
    Effect.STARTS: "starts",
    Effect.STOPS: "stops",
    Effect.RECREATED: "stops, then starts again",
    Effect.ROLLED: "is replaced by a rolling update",
}


def kind_of(type_: str) -> str:
    """`docker:index/container:Container` as `Container`."""
    return f"{type_.rpartition(':')[2]}{' provider' if type_.startswith('pulumi:providers:') else ''}"


def counts(diff: StackDiff) -> str:
    """`1 replaced, 2 added, 40 unchanged`."""
    parts = [f"{len(changes)} {kind}" for kind in MARKS if (changes := diff.of_kind(kind))]
    return f"{', '.join(parts) or 'no resource differs'}, {diff.unchanged} unchanged"


def in_order(diff: StackDiff) -> list[ResourceChange]:
    """Changes that may lose data first."""
    return [change for kind in MARKS for change in diff.of_kind(kind)]


def change_text(change: ResourceChange) -> str:
    """`± replaced Container pc-speech`."""
    return f"{MARKS[change.kind]} {change.kind} {kind_of(change.type)} {change.name}"


def field_text(field: FieldChange, longest: int = _LONG) -> str:
    """`memory: 128 -> 192`; of long values, the part that differs."""
    before, after = ("not set" if side is None else short(side, longest) for side in (field.before, field.after))
    if before == after and field.before and field.after:
        pairs = enumerate(zip(field.before, field.after, strict=False))
        shorter = min(len(field.before), len(field.after))
        start = max(0, next((at for at, (old, new) in pairs if old != new), shorter) - longest // 4)
        before, after = (short(f"...{side[start:]}", longest) for side in (field.before, field.after))
    return f"{field.path}: {before} -> {'another value' if before == after else after}"


def short(text: str, longest: int = _LONG) -> str:
    """One line of at most `longest` characters."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 3]}..."


def named(items: Sequence[str], most: int = 4) -> str:
    """The first few, and how many more."""
    rest = len(items) - most
    return ", ".join([*items[:most], *([f"{rest} more"] if rest > 0 else [])])


def effect_text(restart: Restart) -> str:
    """`stops (stop up to 5 s)`."""
    seconds = [
        *([f"stop up to {restart.stop_s} s"] if restart.effect is not Effect.STARTS else []),
        *([f"start up to {restart.start_s} s"] if restart.effect is not Effect.STOPS else []),
    ]
    rounds = f"{restart.rounds} times: " if restart.rounds > 1 else ""
    return f"{_EFFECTS[restart.effect]} ({rounds}{', '.join(seconds)})"


def wave_text(restart: Restart) -> str:
    """`wave 2`; `first` for a container that is removed."""
    return "first" if restart.wave < 0 else f"wave {restart.wave}"


def restarts_text(diff: StackDiff) -> str:
    """`3, up to 80 s in total`."""
    return f"{len(diff.restarts)}, up to {diff.restart_s} s in total" if diff.restarts else "none"


def card_title(name: str) -> str:
    """`gpu0` as `GPU 0`; a pool's name as it is."""
    return re.sub(r"^gpu(\d+)$", r"GPU \1", name)


def moves(diffs: Sequence[StackDiff]) -> list[str]:
    """Groups that leave one stack and appear in another."""
    leaving, coming = (
        [(r.group, diff.stack) for diff in diffs for r in diff.restarts if r.effect is effect and r.group]
        for effect in (Effect.STOPS, Effect.STARTS)
    )
    moved = dict.fromkeys((group, old, new) for group, old in leaving for other, new in coming if group == other)
    return [
        f"{group} moves from {old} to {new} without its data (see fleet move {group} --to {new})"
        for group, old, new in moved
        if old != new
    ]


def presence_text(diff: StackDiff) -> str:
    """Why a stack is not on both sides; empty if it is."""
    return {
        Presence.ADDED: "new stack",
        Presence.REMOVED: "removed stack: its file is gone, its resources stay until pulumi destroy",
        Presence.UNKNOWN: f"not compared: the base cannot be planned: {diff.note}",
        Presence.BOTH: "",
    }[diff.presence]


def cost_text(usd: Pair[Mapping[str, float]]) -> str:
    """`US dollars a month: maximum 12.00 -> 14.00 (+2.00); expected 4.00, idle 0.00 unchanged`."""
    parts, same = [], []
    for load in ("expected", "idle", "maximum"):
        before, after = (side.get(load) if side else None for side in (usd.before, usd.after))
        if before == after:
            same.append(f"{load} {_money(after)}")
            continue
        delta = f" ({after - before:+,.2f})" if before is not None and after is not None else ""
        parts.append(f"{load} {_money(before)} -> {_money(after)}{delta}")
    parts += [f"{', '.join(same)} unchanged"] if same else []
    return f"US dollars a month: {'; '.join(parts)}"


def _money(usd: float | None) -> str:
    return "not priced" if usd is None else f"{usd:,.2f}"


def memory_text(diff: StackDiff) -> str:
    """Main memory requested, before and after."""
    before, after = (gibibytes(side or 0) for side in (diff.memory.before, diff.memory.after))
    of = f" of {gibibytes(diff.memory_capacity_mib)}" if diff.memory_capacity_mib else ""
    return f"{before} -> {after} requested{of}"


def port_lines(ports: Pair[tuple[str, ...]]) -> list[str]:
    """Ports opened and closed on the machine's address."""
    before, after = ports.before or (), ports.after or ()
    closed = [f"- {port}" for port in before if port not in after]
    return [*closed, *(f"+ {port}" for port in after if port not in before)]


def result_head(result: PolicyResult) -> str:
    """Rule, level and place."""
    return f"{result.id} {result.name}   {level_text(result)}{f'   {result.source}' if result.source else ''}"


def level_text(result: PolicyResult) -> str:
    """The level of a violation; else `waived`, `unknown` or `failed`."""
    return result.level if result.kind == VIOLATION else result.kind


def policy_counts(diff: StackDiff) -> str:
    """`1 new, 2 newly waived, 0 fixed, 5 unchanged (1 waived)`."""
    policies = diff.policies
    waived = f", {len(policies.waived)} newly waived" if policies.waived else ""
    still = sum(result.kind == WAIVED for result in policies.unchanged)
    unchanged = f"{len(policies.unchanged)} unchanged{f' ({still} waived)' if still else ''}"
    return f"{len(policies.new)} new{waived}, {len(policies.fixed)} fixed, {unchanged}"


def still_violated(diff: StackDiff) -> list[PolicyResult]:
    """Violations of mandatory policies on both sides."""
    return [one for one in diff.policies.unchanged if one.level == "mandatory" and one.kind == VIOLATION]

"""The words both the terminal and a pull request's comment use for a difference."""

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
"""Kind -> its mark, in the order in which they are told: what may lose something first."""

_EFFECTS = {
    Effect.STARTS: "starts",
    Effect.STOPS: "stops",
    Effect.RECREATED: "stops, then starts anew",
    Effect.ROLLED: "is replaced while it answers",
}


def kind_of(type_: str) -> str:
    """`docker:index/container:Container` as `Container`."""
    return f"{type_.rpartition(':')[2]} provider" if type_.startswith("pulumi:providers:") else type_.rpartition(":")[2]


def counts(diff: StackDiff) -> str:
    """How many resources are added, changed, replaced and removed."""
    parts = [f"{len(found)} {kind}" for kind in MARKS if (found := diff.of_kind(kind))]
    return f"{', '.join(parts) or 'no resource differs'}, {diff.unchanged} unchanged"


def in_order(diff: StackDiff) -> list[ResourceChange]:
    """What may lose something first."""
    return [change for kind in MARKS for change in diff.of_kind(kind)]


def field_text(field: FieldChange, longest: int = _LONG) -> str:
    """`memory: 128 -> 192`."""
    before, after = ("not set" if side is None else short(side, longest) for side in (field.before, field.after))
    if before == after and field.before and field.after:
        before, after = _from_difference(field.before, field.after, longest)
    if before == after:
        return f"{field.path}: {before} -> another value"
    return f"{field.path}: {before} -> {after}"


def _from_difference(before: str, after: str, longest: int) -> tuple[str, str]:
    """Two long texts from a little before where they part."""
    pairs = enumerate(zip(before, after, strict=False))
    alike = next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))
    start = max(0, alike - longest // 4)
    return short(f"...{before[start:]}", longest), short(f"...{after[start:]}", longest)


def short(text: str, longest: int = _LONG) -> str:
    """One line of at most a length."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 3]}..."


def named(items: Sequence[str], most: int = 4) -> str:
    """The first few, and how many more."""
    rest = len(items) - most
    return ", ".join([*items[:most], *([f"{rest} more"] if rest > 0 else [])])


def effect_text(restart: Restart) -> str:
    """What happens to a container, and for how long."""
    rounds = f"{restart.rounds} times: " if restart.rounds > 1 else ""
    seconds = []
    if restart.effect is not Effect.STARTS:
        seconds.append(f"stop up to {restart.stop_s} s")
    if restart.effect is not Effect.STOPS:
        seconds.append(f"start up to {restart.start_s} s")
    return f"{_EFFECTS[restart.effect]} ({rounds}{', '.join(seconds)})"


def wave_text(restart: Restart) -> str:
    """When it happens: `wave 2`, and before all waves where it stops for good."""
    return "first" if restart.wave < 0 else f"wave {restart.wave}"


def card_title(name: str) -> str:
    """`gpu0` as `GPU 0`; a pool's name as it is."""
    return re.sub(r"^gpu(\d+)$", r"GPU \1", name)


def moves(diffs: Sequence[StackDiff]) -> list[str]:
    """Groups that leave one stack and come to another."""
    leaving, coming = (
        [(r.group, diff.stack) for diff in diffs for r in diff.restarts if r.effect is effect and r.group]
        for effect in (Effect.STOPS, Effect.STARTS)
    )
    found = dict.fromkeys((group, old, new) for group, old in leaving for other, new in coming if group == other)
    return [
        f"{group} moves from {old} to {new}; no data goes along (fleet move {group} {new} tells more)"
        for group, old, new in found
        if old != new
    ]


def presence_text(diff: StackDiff) -> str:
    """What is said of a stack that is not on both sides."""
    return {
        Presence.ADDED: "new stack",
        Presence.REMOVED: "stack is removed: its file is gone, what it runs stays until pulumi destroy",
        Presence.UNKNOWN: f"not compared: the base cannot be planned: {diff.note}",
        Presence.BOTH: "",
    }[diff.presence]


def cost_text(usd: Pair[Mapping[str, float]]) -> str:
    """`US dollars a month: maximum 12.00 -> 14.00 (+2.00); expected 4.00, idle 0.00 as before`."""
    parts, same = [], []
    for load in ("expected", "idle", "maximum"):
        before, after = (side.get(load) if side else None for side in (usd.before, usd.after))
        if before == after:
            same.append(f"{load} {_money(after)}")
            continue
        delta = f" ({after - before:+,.2f})" if before is not None and after is not None else ""
        parts.append(f"{load} {_money(before)} -> {_money(after)}{delta}")
    parts += [f"{', '.join(same)} as before"] if same else []
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
    return [
        *(f"- {port}" for port in before if port not in after),
        *(f"+ {port}" for port in after if port not in before),
    ]


def result_head(result: PolicyResult) -> str:
    """Rule, level or what stands in for it, and place."""
    return f"{result.id} {result.name}   {standing(result)}{f'   {result.source}' if result.source else ''}"


def standing(result: PolicyResult) -> str:
    """`mandatory` or `advisory` of a violation; else `waived`, `unknown` or `failed`."""
    return result.level if result.kind == VIOLATION else result.kind


def policy_counts(diff: StackDiff) -> str:
    """How many results are new, newly waived, fixed and unchanged, and how many of the last are waived."""
    policies = diff.policies
    waived = f", {len(policies.waived)} newly waived" if policies.waived else ""
    still = sum(result.kind == WAIVED for result in policies.unchanged)
    unchanged = f"{len(policies.unchanged)} unchanged{f' ({still} waived)' if still else ''}"
    return f"{len(policies.new)} new{waived}, {len(policies.fixed)} fixed, {unchanged}"

"""The words both the terminal and a pull request's comment use for a difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cli.diff.model import Effect, FieldChange, Kind, Pair, PolicyResult, Presence, ResourceChange, Restart, StackDiff
from fleet.model.quantities import gibibytes

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
    if before == after:
        return f"{field.path}: {before} -> another value"
    return f"{field.path}: {before} -> {after}"


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
    seconds = []
    if restart.effect is not Effect.STARTS:
        seconds.append(f"stop up to {restart.stop_s} s")
    if restart.effect is not Effect.STOPS:
        seconds.append(f"start up to {restart.start_s} s")
    return f"{_EFFECTS[restart.effect]} ({', '.join(seconds)})"


def presence_text(diff: StackDiff) -> str:
    """What is said of a stack that is not on both sides."""
    return {
        Presence.ADDED: "new stack",
        Presence.REMOVED: "stack is removed: its file is gone, what it runs stays until pulumi destroy",
        Presence.UNKNOWN: f"not compared: the base cannot be planned: {diff.note}",
        Presence.BOTH: "",
    }[diff.presence]


def cost_text(usd: Pair[Mapping[str, float]]) -> str:
    """`expected $12.00 -> $14.00 a month (+$2.00), idle ...`."""
    parts = []
    for load in ("expected", "idle", "maximum"):
        before, after = (side.get(load) if side else None for side in (usd.before, usd.after))
        delta = f" ({after - before:+,.2f})" if before is not None and after is not None else ""
        parts.append(f"{load} {_money(before)} -> {_money(after)}{delta}")
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
    """Rule, level and place."""
    return f"{result.id} {result.name}   {result.level}{f'   {result.source}' if result.source else ''}"


def policy_counts(diff: StackDiff) -> str:
    """How many results are new, fixed and unchanged."""
    policies = diff.policies
    return f"{len(policies.new)} new, {len(policies.fixed)} fixed, {len(policies.unchanged)} unchanged"

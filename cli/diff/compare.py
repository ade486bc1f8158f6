"""One stack's two plans compared. Pure: plans come in as what `fleet plan --json` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from cli.diff.model import Card, Pair, Policies, PolicyResult, Presence, StackDiff
from cli.diff.reading import Reading
from cli.diff.resources import Plan, compare_resources, resources_of
from cli.diff.restarts import restarts

_NOTHING: Plan = {"resources": [], "groups": [], "gpus": [], "memory": {}, "ports": [], "policy": []}


def compare_stack(stack: str, before: Reading | None, after: Reading | None) -> StackDiff:
    """before, after: None where that side has no such stack. A base that cannot be planned is compared with nothing."""
    if before is not None and before.plan is None:
        note = next(iter(before.complaint.splitlines()), "") or f"exit code {before.code}"
        now = _results(after.plan) if after and after.plan else ()
        return StackDiff(stack, Presence.UNKNOWN, note, policies=Policies(unchanged=now))
    presence = Presence.ADDED if before is None else Presence.REMOVED if after is None else Presence.BOTH
    old = (before.plan if before else None) or {**_NOTHING, "stack": stack}
    new = (after.plan if after else None) or {**_NOTHING, "stack": stack}
    mine, theirs = resources_of(new), resources_of(old)
    changes = compare_resources(theirs, mine)
    old_names, new_names = ({resource.name: resource for resource in side.values()} for side in (theirs, mine))
    return StackDiff(
        stack,
        presence,
        resources=changes,
        unchanged=len(mine) - sum(change.kind != "removed" for change in changes),
        # Without its file nothing stops by itself: somebody must destroy it, with the file.
        restarts=restarts(changes, old_names, new_names, new) if after else (),
        cards=_cards(old, new),
        memory=Pair(old["memory"].get("requested_mib"), new["memory"].get("requested_mib")),
        memory_capacity_mib=new["memory"].get("capacity_mib") or old["memory"].get("capacity_mib") or 0,
        ports=Pair(_ports(old), _ports(new)),
        usd=Pair(before.usd if before else None, after.usd if after else None),
        policies=compare_policies(_results(old), _results(new)),
    )


def compare_policies(before: tuple[PolicyResult, ...], after: tuple[PolicyResult, ...]) -> Policies:
    """What is new, what is gone, and what is as before; two results with one key are two."""
    known = Counter(result.key for result in before)
    new, unchanged = [], []
    for result in after:
        if known[result.key] > 0:
            known[result.key] -= 1
            unchanged.append(result)
        else:
            new.append(result)
    fixed = []
    for result in before:
        if known[result.key] > 0:
            known[result.key] -= 1
            fixed.append(result)
    return Policies(tuple(new), tuple(fixed), tuple(unchanged))


def _results(plan: Plan) -> tuple[PolicyResult, ...]:
    fields = ("id", "name", "level", "resource", "field", "message", "source")
    return tuple(PolicyResult(**{field: item[field] for field in fields}) for item in plan["policy"])


def _cards(old: Plan, new: Plan) -> dict[str, Pair[Card]]:
    before, after = ({card["name"]: _card(card) for card in plan["gpus"]} for plan in (old, new))
    return {name: Pair(before.get(name), after.get(name)) for name in sorted({*before, *after})}


def _card(card: Mapping[str, Any]) -> Card:
    fields = ("model", "capacity_mib", "requested_mib", "context_mib", "reserve_mib", "free_mib")
    return Card(**{field: card[field] for field in fields})


def _ports(plan: Plan) -> tuple[str, ...]:
    return tuple(
        f"{port['address']}:{port['port']} {port['endpoint']}, for {', '.join(port['for'])}" for port in plan["ports"]
    )

"""Compares a stack's two plans, given as `fleet plan --json` prints them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields

from cli.diff.model import WAIVED, Card, Pair, Policies, PolicyResult, Presence, StackDiff
from cli.diff.reading import Reading
from cli.diff.resources import Plan, compare_resources, resources_of
from cli.diff.restarts import restarts

_NO_PLAN: Plan = {"resources": [], "groups": [], "gpus": [], "memory": {}, "ports": [], "policy": []}


def compare_stack(stack: str, before: Reading | None, after: Reading | None) -> StackDiff:
    """before, after: None if that side lacks the stack. Nothing is compared with a base that cannot be planned."""
    if before is not None and before.plan is None:
        note = next(iter(before.complaint.splitlines()), "") or f"exit code {before.code}"
        results = _results(after.plan) if after and after.plan else ()
        return StackDiff(stack, Presence.UNKNOWN, note, policies=Policies(unchanged=results))
    presence = Presence.ADDED if before is None else Presence.REMOVED if after is None else Presence.BOTH
    old, new = ((side.plan if side else None) or {**_NO_PLAN, "stack": stack} for side in (before, after))
    old_resources, new_resources = resources_of(old), resources_of(new)
    changes = compare_resources(old_resources, new_resources)
    old_names, new_names = (
        {resource.name: resource for resource in side.values()} for side in (old_resources, new_resources)
    )
    return StackDiff(
        stack,
        presence,
        resources=changes,
        unchanged=len(new_resources) - sum(change.kind != "removed" for change in changes),
        # Removing the file of a stack stops nothing until `pulumi destroy`.
        restarts=restarts(changes, old_names, new_names, new) if after else (),
        cards=_cards(old, new),
        memory=Pair(old["memory"].get("requested_mib"), new["memory"].get("requested_mib")),
        memory_capacity_mib=new["memory"].get("capacity_mib") or old["memory"].get("capacity_mib") or 0,
        ports=Pair(_ports(old), _ports(new)),
        usd=Pair(before.usd if before else None, after.usd if after else None),
        policies=compare_policies(_results(old), _results(new)),
    )


def compare_policies(before: tuple[PolicyResult, ...], after: tuple[PolicyResult, ...]) -> Policies:
    """New, newly waived, fixed and unchanged results. Results with equal keys are matched one to one."""
    added, unchanged = _split(after, before, lambda result: result.key)
    removed, _ = _split(before, after, lambda result: result.key)
    # A result at another level, or waived differently, is not fixed.
    fixed, _ = _split(removed, added, lambda result: result.about)
    new = tuple(result for result in added if result.kind != WAIVED)
    return Policies(new, tuple(result for result in added if result.kind == WAIVED), fixed, unchanged)


def _split(
    results: Sequence[PolicyResult], others: Sequence[PolicyResult], key: Callable[[PolicyResult], tuple[str, ...]]
) -> tuple[tuple[PolicyResult, ...], tuple[PolicyResult, ...]]:
    """Results without and with a match among the others."""
    left = Counter(key(result) for result in others)
    unmatched, matched = list[PolicyResult](), list[PolicyResult]()
    for result in results:
        left[key(result)] -= 1
        (unmatched if left[key(result)] < 0 else matched).append(result)
    return tuple(unmatched), tuple(matched)


def _results(plan: Plan) -> tuple[PolicyResult, ...]:
    # The plan of an older base lacks some fields.
    names = [field.name for field in fields(PolicyResult)]
    return tuple(PolicyResult(**{name: item[name] for name in names if name in item}) for item in plan["policy"])


def _cards(old: Plan, new: Plan) -> dict[str, Pair[Card]]:
    before, after = ({**_gpus(plan), **_pools(plan)} for plan in (old, new))
    return {name: Pair(before.get(name), after.get(name)) for name in sorted({*before, *after})}


def _gpus(plan: Plan) -> dict[str, Card]:
    return {card["name"]: Card(**{field.name: card[field.name] for field in fields(Card)}) for card in plan["gpus"]}


def _pools(plan: Plan) -> dict[str, Card]:
    """All GPUs of each node pool as one card; none for an older base without `taken_mib`."""
    pools = {}
    for pool in plan.get("pools", ()):
        if "taken_mib" in pool:
            total, taken = pool["cards"] * pool["capacity_mib"], pool["taken_mib"]
            model = f"{pool['cards']} x {pool['model']} ({pool['sharing']})"
            pools[f"pool {pool['name']}"] = Card(model, total, taken, 0, 0, total - taken)
    return pools


def _ports(plan: Plan) -> tuple[str, ...]:
    return tuple(
        f"{port['address']}:{port['port']} {port['endpoint']}, for {', '.join(port['for'])}" for port in plan["ports"]
    )

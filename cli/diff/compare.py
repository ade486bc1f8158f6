"""One stack's two plans compared. Pure: plans come in as what `fleet plan --json` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields

from cli.diff.model import WAIVED, Card, Pair, Policies, PolicyResult, Presence, StackDiff
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
    """What is new, what is waived, what is gone, and what is as before; two results with one key are two."""
    came, unchanged = _beyond(after, before, lambda result: result.key)
    gone, _ = _beyond(before, after, lambda result: result.key)
    # What is at another level, or waived now, or not waived any more, is still there.
    fixed, _ = _beyond(gone, came, lambda result: result.about)
    new = [result for result in came if result.kind != WAIVED]
    waived = [result for result in came if result.kind == WAIVED]
    return Policies(tuple(new), tuple(waived), tuple(fixed), unchanged)


def _beyond(
    these: Sequence[PolicyResult], those: Sequence[PolicyResult], key: Callable[[PolicyResult], tuple[str, ...]]
) -> tuple[tuple[PolicyResult, ...], tuple[PolicyResult, ...]]:
    """Those of these results that the others do not have, and those that they have, one for one."""
    left = Counter(key(result) for result in those)
    beyond, had = list[PolicyResult](), list[PolicyResult]()
    for result in these:
        left[key(result)] -= 1
        (beyond if left[key(result)] < 0 else had).append(result)
    return tuple(beyond), tuple(had)


def _results(plan: Plan) -> tuple[PolicyResult, ...]:
    # The plan of an older base says less of a result.
    names = [field.name for field in fields(PolicyResult)]
    return tuple(PolicyResult(**{name: item[name] for name in names if name in item}) for item in plan["policy"])


def _cards(old: Plan, new: Plan) -> dict[str, Pair[Card]]:
    before, after = ({**_machine_s_cards(plan), **_pools(plan)} for plan in (old, new))
    return {name: Pair(before.get(name), after.get(name)) for name in sorted({*before, *after})}


def _machine_s_cards(plan: Plan) -> dict[str, Card]:
    return {card["name"]: Card(**{field.name: card[field.name] for field in fields(Card)}) for card in plan["gpus"]}


def _pools(plan: Plan) -> dict[str, Card]:
    """The cards of each pool of a cluster, as one; without those of an older base, which does not say what is taken."""
    found = {}
    for pool in plan.get("pools", ()):
        if "taken_mib" in pool:
            total, taken = pool["cards"] * pool["capacity_mib"], pool["taken_mib"]
            model = f"{pool['cards']} x {pool['model']} ({pool['sharing']})"
            found[f"pool {pool['name']}"] = Card(model, total, taken, 0, 0, total - taken)
    return found


def _ports(plan: Plan) -> tuple[str, ...]:
    return tuple(
        f"{port['address']}:{port['port']} {port['endpoint']}, for {', '.join(port['for'])}" for port in plan["ports"]
    )

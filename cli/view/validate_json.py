"""A valid configuration as JSON, with stable keys. An invalid one is a failure, as in `cli.view.failure`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from cli.view.failure import fault_node
from fleet.checks.waivers import expiring
from fleet.load.project import Project
from fleet.model import Fleet, Stack
from fleet.source.faults import Fault


def validate_json(project: Project, stack: str | None, today: date) -> str:
    """`stacks`: `name`, `target`, `sandbox`, `groups` and `agents` (numbers) of each, or of the one asked for;
    `fleet`: `machines`, `groups` and `agents` of all but sandboxes, null for one stack; `expiring`: `place`, `rule` and
    `until` of each waiver that ends soon; `faults`: those of other stacks.
    """
    fleet = project.fleet
    stacks = [fleet.stacks[stack]] if stack is not None else list(fleet.stacks.values())
    total = {"machines": len(fleet.members), **_counts(fleet, fleet.members)} if stack is None else None
    soon = [
        {"place": place, "rule": rule, "until": until.isoformat()}
        for place, rule, until in expiring(fleet, project.sources, today)
    ]
    return _text([_stack(fleet, each) for each in stacks], total, soon, ())


def valid_alone_json(stack: str, others: Sequence[Fault]) -> str:
    """The same for one stack while others are invalid: nothing is counted then."""
    unknown = dict.fromkeys(("target", "sandbox", "groups", "agents"))
    return _text([{"name": stack, **unknown}], None, [], others)


def _text(
    stacks: list[dict[str, Any]], total: dict[str, int] | None, soon: list[dict[str, Any]], faults: Sequence[Fault]
) -> str:
    data = {"stacks": stacks, "fleet": total, "expiring": soon, "faults": [fault_node(fault) for fault in faults]}
    return json.dumps(data, indent=2)


def _stack(fleet: Fleet, stack: Stack) -> dict[str, Any]:
    target = str(stack.machine.target)
    return {"name": stack.name, "target": target, "sandbox": stack.sandbox, **_counts(fleet, (stack,))}


def _counts(fleet: Fleet, stacks: Iterable[Stack]) -> dict[str, int]:
    groups = [fleet.groups[name] for stack in stacks for name in stack.groups]
    return {"groups": len(groups), "agents": sum(len(group.agents) for group in groups)}

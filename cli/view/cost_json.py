"""Costs as one JSON object, for programs. US dollars a month, whole cents; null where no price is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from fleet.cost import Amounts, GroupCost, Part, StackCost
from fleet.cost.figures import fleet_total


def stack_json(cost: StackCost) -> str:
    """`stack`, `as_of`, `currency`, `usd`, `budget_usd`, `machine`, `groups`, `beside`, `inference`, `break_even`..."""
    return json.dumps(_stack(cost), indent=2)


def fleet_json(costs: Sequence[StackCost]) -> str:
    """`stacks`, and their sum `usd`."""
    return json.dumps({"stacks": [_stack(cost) for cost in costs], "usd": _amounts(fleet_total(costs))}, indent=2)


def _stack(cost: StackCost) -> dict[str, Any]:
    even = cost.break_even
    return {
        "stack": cost.stack,
        "as_of": cost.as_of,
        "currency": "USD",
        "usd": _amounts(cost.usd),
        "budget_usd": cost.budget_usd,
        "unknown": [part.name for part in cost.unknown],
        "unverified": cost.unverified,
        "machine": [_part(part) for part in cost.machine],
        "groups": [_group(group) for group in cost.groups],
        "beside": [_part(part) for part in cost.extra],
        "inference": {"per_month": round(cost.inferences), "usd": cost.inference_usd},
        "break_even": {
            "hours_per_month": even.hours,
            "home_fixed_usd": round(even.fixed_usd, 2),
            "home_usd_per_hour": even.home_usd,
            "cloud_usd_per_hour": even.cloud_usd,
            "unverified": even.unverified,
        }
        if even
        else None,
        "assumptions": cost.assumptions,
    }


def _group(group: GroupCost) -> dict[str, Any]:
    return {
        "name": group.name,
        "usd": _amounts(group.usd),
        "machine_share": round(group.share, 6),
        "own": [_part(part) for part in group.own],
    }


def _part(part: Part) -> dict[str, Any]:
    usd = _amounts(part.usd) if part.usd else None
    return {"name": part.name, "usd": usd, "how": part.how, "unverified": part.unverified}


def _amounts(amounts: Amounts) -> dict[str, float]:
    # Adding 0.0 makes nothing of a minus zero.
    return {
        "idle": round(amounts.idle, 2) + 0.0,
        "expected": round(amounts.expected, 2) + 0.0,
        "maximum": round(amounts.maximum, 2) + 0.0,
    }

"""Costs as JSON. US dollars a month, in whole cents; null if a price is unknown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from fleet.cost import Amounts, Part, StackCost
from fleet.cost.figures import fleet_total


def stack_json(cost: StackCost) -> str:
    """`stack`, `as_of`, `currency`, `usd`, `budget_usd`, `machine`, `groups`, `beside`, `inference`, `break_even`..."""
    return json.dumps(_stack(cost), indent=2)


def fleet_json(costs: Sequence[StackCost]) -> str:
    """`stacks`, and their total `usd`."""
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
        "machine": _parts(cost.machine),
        "groups": [
            {
                "name": group.name,
                "usd": _amounts(group.usd),
                "machine_share": round(group.share, 6),
                "own": _parts(group.own),
            }
            for group in cost.groups
        ],
        "beside": _parts(cost.extra),
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


def _parts(parts: Sequence[Part]) -> list[dict[str, Any]]:
    return [
        {"name": part.name, "usd": part.usd and _amounts(part.usd), "how": part.how, "unverified": part.unverified}
        for part in parts
    ]


def _amounts(amounts: Amounts) -> dict[str, float]:
    # Adding 0.0 turns -0.0 into 0.0.
    return {load: round(getattr(amounts, load), 2) + 0.0 for load in ("idle", "expected", "maximum")}

"""What a deployment costs a month, beside what it may: published for policies to judge."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MonthlyCharge:
    """US dollars a month at three loads, and the budget; `unknown` names what no price is known of."""

    idle_usd: float
    expected_usd: float
    maximum_usd: float
    budget_usd: float
    unknown: tuple[str, ...] = ()


def charge_facts(charge: MonthlyCharge | None) -> dict[str, object]:
    """Outputs of a machine's component; none without a budget, so that no other stack's state changes."""
    if charge is None:
        return {}
    return {
        "monthlyCostUsd": {
            "idle": charge.idle_usd,
            "expected": charge.expected_usd,
            "maximum": charge.maximum_usd,
        },
        "monthlyCostUnknown": list(charge.unknown),
        "monthlyBudgetUsd": charge.budget_usd,
    }

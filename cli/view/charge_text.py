"""The cost of a plan in one line. Separate from `cost_text`, so that a plan does not import prices."""

from __future__ import annotations

from fleet.plan.deployment import MonthlyCharge
from fleet.text import dollars


def charge_text(charge: MonthlyCharge) -> str:
    """The monthly cost of a stack against its budget."""
    more = f"; unpriced: {', '.join(charge.unknown)}" if charge.unknown else ""
    return (
        f"{dollars(charge.expected_usd)} expected, budget {dollars(charge.budget_usd)} a month; "
        f"idle {dollars(charge.idle_usd)}, maximum {dollars(charge.maximum_usd)}{more}"
    )

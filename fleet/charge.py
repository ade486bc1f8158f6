"""What a deployment costs a month, for stacks with a budget."""

from __future__ import annotations

from dataclasses import replace

from fleet.model import Fleet
from fleet.plan.deployment import Deployment, MonthlyCharge


def charged(deployment: Deployment, fleet: Fleet) -> Deployment:
    """The deployment with its monthly charge; unchanged where its stack has no budget."""
    stack = fleet.stacks[deployment.stack]
    if stack.budget_usd is None:
        return deployment
    # Imported here: no other stack needs prices.
    from fleet.cost import shipped_prices, stack_cost

    cost = stack_cost(stack, fleet.groups, deployment, shipped_prices())
    # Whole cents: what is published must not change with the order of a sum.
    idle, expected, maximum = (round(usd, 2) for usd in (cost.usd.idle, cost.usd.expected, cost.usd.maximum))
    unknown = tuple(part.name for part in cost.unknown)
    return replace(deployment, charge=MonthlyCharge(idle, expected, maximum, stack.budget_usd, unknown))

"""Monthly cost of a deployment, for stacks with a budget."""

from __future__ import annotations

from dataclasses import replace

from fleet.model import Fleet
from fleet.plan.deployment import Deployment, MonthlyCharge


def charged(deployment: Deployment, fleet: Fleet) -> Deployment:
    """The deployment with its monthly charge; unchanged if its stack has no budget."""
    stack = fleet.stacks[deployment.stack]
    if stack.budget_usd is None:
        return deployment
    # Imported on use: stacks without a budget need no prices.
    from fleet.cost import shipped_prices, stack_cost

    cost = stack_cost(stack, fleet.groups, deployment, shipped_prices())
    # Rounded to cents, so that published values do not depend on the order of summation.
    idle, expected, maximum = (round(usd, 2) for usd in (cost.usd.idle, cost.usd.expected, cost.usd.maximum))
    unknown = tuple(part.name for part in cost.unknown)
    return replace(deployment, charge=MonthlyCharge(idle, expected, maximum, stack.budget_usd, unknown))

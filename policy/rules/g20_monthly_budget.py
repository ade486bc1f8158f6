"""G20: the expected monthly cost of a stack is within its budget.

This is the cost at expected load; G21 covers the maximum. A machine without a budget publishes no cost.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.published import MONTHLY_COST
from fleet.text import dollars
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.stack import StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for machine in stack.machines:
        budget, expected = machine.monthly_budget_usd, machine.monthly_cost_usd.get("expected")
        if budget is None or "monthly_cost_usd" in machine.unknown:
            continue
        if expected is None:
            problem = f"{machine.name} has a budget of {dollars(budget)} a month, but publishes no cost to compare"
            yield Finding("monthly_cost_usd", problem, f"publish {MONTHLY_COST} with the budget", of=machine)
        elif expected > budget:
            problem = (
                f"{machine.name} is expected to cost {dollars(expected)} a month, "
                f"{dollars(expected - budget)} more than its budget of {dollars(budget)}"
            )
            yield Finding("monthly_cost_usd", problem, of=machine)


RULE = StackRule(
    id="G20",
    name="monthly-budget",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="The expected monthly cost of a stack is within its budget.",
    remedy="reduce what `fleet cost <stack>` shows (sizes, warm instances, load), or raise the budget",
    reads=("machines.monthly_cost_usd", "machines.monthly_budget_usd"),
    check=_check,
)

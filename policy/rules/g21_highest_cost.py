"""G21: whoever set a budget knows where it may be passed: at the highest load, or by what no price is known of."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.text import dollars
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.stack import StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for machine in stack.machines:
        budget, maximum = machine.monthly_budget_usd, machine.monthly_cost_usd.get("maximum")
        if budget is None:
            continue
        if maximum is not None and maximum > budget:
            problem = (
                f"{machine.name} may cost {dollars(maximum)} a month with everything running all the time, "
                f"above its budget of {dollars(budget)}"
            )
            yield Finding(machine.subject, "monthly_cost_usd", problem)
        if machine.monthly_cost_unknown:
            names = ", ".join(machine.monthly_cost_unknown)
            problem = f"no price is known of {names}, so {machine.name} costs more than what its budget is held to"
            yield Finding(
                machine.subject,
                "monthly_cost_unknown",
                problem,
                "give the price: `fleet cost <stack>` names where",
            )


RULE = StackRule(
    id="G21",
    name="highest-cost",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="The most a stack can cost a month is within its budget, and every price is known.",
    remedy="lower max_instances or scaling.max, or have the provider tell you before it is spent",
    reads=("machines.monthly_cost_usd", "machines.monthly_budget_usd", "machines.monthly_cost_unknown"),
    check=_check,
)

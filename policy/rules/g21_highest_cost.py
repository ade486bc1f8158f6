"""G21: the maximum monthly cost of a stack is within its budget, and all prices are known."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.text import dollars
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.stack import StackView

_ADD_PRICE = "add the price: `fleet cost <stack>` shows where"


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for machine in stack.machines:
        budget, maximum = machine.monthly_budget_usd, machine.monthly_cost_usd.get("maximum")
        if budget is None:
            continue
        if maximum is not None and maximum > budget:
            problem = (
                f"{machine.name} may cost {dollars(maximum)} a month at maximum load, "
                f"above its budget of {dollars(budget)}"
            )
            yield Finding("monthly_cost_usd", problem, of=machine)
        if machine.monthly_cost_unknown:
            names = ", ".join(machine.monthly_cost_unknown)
            problem = f"{machine.name} has unpriced items ({names}), so it costs more than is compared with its budget"
            yield Finding("monthly_cost_unknown", problem, _ADD_PRICE, of=machine)


RULE = StackRule(
    id="G21",
    name="highest-cost",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="The maximum monthly cost of a stack is within its budget, and all prices are known.",
    remedy="lower max_instances or scaling.max, or set a budget alert at the provider",
    reads=("machines.monthly_cost_usd", "machines.monthly_budget_usd", "machines.monthly_cost_unknown"),
    check=_check,
)

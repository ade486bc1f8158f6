"""`fleet cost`: what a month costs, from plans and the dated price file; reaches nothing."""

from __future__ import annotations

from cli.terminal import Exit, UserError, console, project_root
from fleet.cost import StackCost, shipped_prices, stack_cost
from fleet.load.project import load_project
from fleet.model import Fleet
from fleet.plan.planner import UnknownStackError, plan_stack


def cost(stack: str | None, *, as_json: bool) -> Exit:
    """Shows one stack group by group, or every stack of the fleet and their sum."""
    fleet = load_project(project_root()).fleet
    costs = [_cost(fleet, name) for name in ([stack] if stack is not None else [s.name for s in fleet.members])]
    if as_json:
        from cli.view.cost_json import fleet_json, stack_json

        print(fleet_json(costs) if stack is None else stack_json(costs[0]))
        return Exit.GOOD
    from cli.view.cost_text import show_fleet, show_stack

    if stack is None:
        show_fleet(console(), costs)
    else:
        show_stack(console(), costs[0])
    return Exit.GOOD


def _cost(fleet: Fleet, name: str) -> StackCost:
    try:
        deployment = plan_stack(fleet, name)
    except UnknownStackError as error:
        raise UserError(str(error)) from None
    return stack_cost(fleet.stacks[name], fleet.groups, deployment, shipped_prices())

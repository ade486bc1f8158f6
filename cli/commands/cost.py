"""`fleet cost`: the monthly cost of stacks, from offline plans and the shipped price file."""

from __future__ import annotations

import click

from cli.options import json_option, optional_stack_argument
from cli.terminal import Exit, console, project_root


@click.command()
@optional_stack_argument
@json_option
def cost(stack: str | None, as_json: bool) -> Exit:
    """Show the monthly cost at idle, expected and maximum load, with the arithmetic."""
    from fleet.cost import shipped_prices, stack_cost
    from fleet.load.project import load_project
    from fleet.plan.planner import plan_stack

    fleet, prices = load_project(project_root()).fleet, shipped_prices()
    names = [stack] if stack is not None else [member.name for member in fleet.members]
    plans = [plan_stack(fleet, name) for name in names]
    costs = [stack_cost(fleet.stacks[plan.stack], fleet.groups, plan, prices) for plan in plans]
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

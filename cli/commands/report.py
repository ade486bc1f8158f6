"""`fleet report`: the whole fleet as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.terminal import Exit, project_root

if TYPE_CHECKING:
    import htpy as h

    from fleet.cost import StackCost
    from fleet.model import Fleet
    from fleet.plan.deployment import Deployment


@click.command()
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(path_type=Path),
    default="fleet-report.html",
    show_default=True,
    help="The page; - prints it",
)
@click.option("--base", help="Also show what differs from this commit")
def report(file: Path, base: str | None) -> Exit:
    """One page of the whole fleet: drawing, memory, waves, endpoints, policies, costs. It reaches no network."""
    from datetime import date

    from cli.judging import judging
    from cli.waivers import ensure_waivers_name_rules
    from cli.writing import write_tree
    from fleet.load.project import load_project

    root, today = project_root(), date.today()
    project = load_project(root)
    ensure_waivers_name_rules(project)
    biggest_first = sorted(project.fleet.members, key=lambda stack: -len(stack.groups))
    with judging(root, [stack.name for stack in biggest_first], today) as results:
        # Read here, while other processes are at work.
        from cli.view.report.facts import Facts
        from cli.view.report.page import page

        priced = _priced(project.fleet)
        difference = _difference(root, base) if base else None
        judged = results()
    facts = [Facts(deployment, judged[deployment.stack], cost) for deployment, cost in priced]
    text = page(facts, today, difference)
    if str(file) == "-":
        print(text, end="")
    else:
        write_tree(file.parent, {file.name: text})
        print(f"{file}: {len(facts)} stacks, {len(text.encode()) // 1000} kB; open it in a browser")
    return Exit.POLICY_VIOLATED if any(one.violated for one in judged.values()) else Exit.GOOD


def _priced(fleet: Fleet) -> list[tuple[Deployment, StackCost]]:
    """The plan of every stack of the fleet, in the page's order, and what it costs."""
    from cli.view.report.layout import in_order
    from fleet.cost import shipped_prices, stack_cost
    from fleet.plan.planner import plan_stack

    plans = in_order([plan_stack(fleet, stack.name) for stack in fleet.members])
    return [(plan, stack_cost(fleet.stacks[plan.stack], fleet.groups, plan, shipped_prices())) for plan in plans]


def _difference(root: Path, base: str) -> h.Renderable:
    from cli.diff.sides import both_sides, differences
    from cli.view.report.differences import differences_section

    compared, before, after = both_sides(root, base, ())
    return differences_section(differences(before, after), compared.title)

"""`fleet report`: the whole fleet on one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import policy_config_option
from cli.terminal import Exit, UserError, print_document, project_root
from cli.writing import write_tree

if TYPE_CHECKING:
    import htpy as h


@click.command()
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(path_type=Path),
    default="fleet-report.html",
    show_default=True,
    help="File to write; - for standard output",
)
@click.option("--base", help="Include the differences from this commit")
@policy_config_option
def report(file: Path, base: str | None, policy_config: Path | None) -> Exit:
    """Write one HTML page of the fleet: drawing, memory, waves, endpoints, policies and costs."""
    from datetime import date

    from cli.judging import judging
    from cli.waivers import ensure_waivers_name_rules
    from fleet.load.project import load_project

    root, today = project_root(), date.today()
    project = load_project(root)
    ensure_waivers_name_rules(project)
    fleet = project.fleet
    largest_first = sorted(fleet.members, key=lambda stack: -len(stack.groups))
    with judging(root, [stack.name for stack in largest_first], today, policy_config) as results:
        # Imported while the other processes work.
        from cli.view.report.facts import Facts
        from cli.view.report.layout import in_order
        from cli.view.report.page import MARK, page
        from fleet.cost import shipped_prices, stack_cost
        from fleet.plan.planner import plan_stack

        plans = in_order([plan_stack(fleet, stack.name) for stack in fleet.members])
        prices = shipped_prices()
        costs = [stack_cost(fleet.stacks[plan.stack], fleet.groups, plan, prices) for plan in plans]
        difference = _difference(root, base, policy_config) if base else None
        judged = results()
    facts = [Facts(plan, judged[plan.stack], cost) for plan, cost in zip(plans, costs, strict=True)]
    text = page(facts, today, difference)
    if str(file) == "-":
        print_document(text)
    else:
        write_tree(file.parent, {file.name: text}, f'"{MARK}"')
        print(f"{file}: {len(facts)} stacks, {len(text.encode()) // 1000} kB; open it in a browser")
    failed = [f"{stack}: not checked: {one.failed}" for stack, one in judged.items() if one.failed is not None]
    if failed:
        raise UserError("\n".join(failed))
    return Exit.POLICY_VIOLATED if any(one.violated for one in judged.values()) else Exit.GOOD


def _difference(root: Path, base: str, policy_config: Path | None) -> h.Renderable:
    from cli.diff.sides import both_sides, differences
    from cli.view.report.differences import differences_section

    compared, before, after = both_sides(root, base, (), policy_config)
    return differences_section(differences(before, after), compared.title)

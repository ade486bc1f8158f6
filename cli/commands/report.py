"""`fleet report` and `fleet graph`: the whole fleet as a page, and as a drawing for other documents."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cli.terminal import Exit, UserError, project_root
from cli.view.report.drawing import svg
from cli.view.report.layout import WIDE, draw, in_order
from cli.view.report.mermaid import mermaid
from cli.writing import write_tree
from fleet.load.project import load_project
from fleet.model import Fleet
from fleet.plan.deployment import Deployment
from fleet.plan.planner import UnknownStackError, plan_stack

if TYPE_CHECKING:
    import htpy as h

    from fleet.cost import StackCost


def report(file: Path, *, base: str | None) -> Exit:
    """Plans, prices and judges every stack of the fleet, and writes the page; `-` prints it.

    base: a commit that the page is compared with, as `fleet diff` does; None for no comparison.
    """
    from cli.judging import judging
    from cli.waivers import ensure_waivers_name_rules

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
    from fleet.cost import shipped_prices, stack_cost

    plans = in_order([plan_stack(fleet, stack.name) for stack in fleet.members])
    return [(plan, stack_cost(fleet.stacks[plan.stack], fleet.groups, plan, shipped_prices())) for plan in plans]


def _difference(root: Path, base: str) -> h.Renderable:
    from cli.commands.diff import both_sides, differences
    from cli.view.report.differences import differences_section

    compared, before, after = both_sides(root, base, ())
    return differences_section(differences(before, after), compared.title)


def graph(stack: str | None, *, form: str) -> Exit:
    """Prints the drawing of the fleet, or of a stack and what it is connected with."""
    fleet = load_project(project_root()).fleet
    names = [member.name for member in fleet.members]
    if stack is not None and stack not in names:
        # A sandbox is no part of the fleet: it is drawn alone.
        names = [stack]
    try:
        deployments = [plan_stack(fleet, name) for name in names]
    except UnknownStackError as error:
        raise UserError(str(error)) from None
    drawing = draw(deployments, WIDE, stack)
    print(svg(drawing, alone=True) if form == "svg" else mermaid(drawing), end="" if form == "mermaid" else "\n")
    return Exit.GOOD

"""`fleet report` and `fleet graph`: the whole fleet as a page, and as a drawing for other documents."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from cli.terminal import Exit, UserError, project_root
from cli.view.report.drawing import svg
from cli.view.report.layout import WIDE, draw, in_order
from cli.view.report.markup import Markup
from cli.view.report.mermaid import mermaid
from cli.writing import write_tree
from fleet.load.project import load_project
from fleet.plan.planner import UnknownStackError, plan_stack


def report(file: Path, *, base: str | None) -> Exit:
    """Plans, prices and judges every stack of the fleet, and writes the page; `-` prints it.

    base: a commit that the page is compared with, as `fleet diff` does; None for no comparison.
    """
    from cli.offline.judged import judge_stacks
    from cli.view.report.facts import Facts
    from cli.view.report.page import page
    from cli.waivers import ensure_waivers_name_rules
    from fleet.cost import shipped_prices, stack_cost

    root, today = project_root(), date.today()
    project = load_project(root)
    ensure_waivers_name_rules(project)
    fleet = project.fleet
    deployments = {stack.name: plan_stack(fleet, stack.name) for stack in fleet.members}
    biggest_first = sorted(deployments, key=lambda name: -len(deployments[name].groups))
    judged = judge_stacks(root, biggest_first, today)
    facts = [
        Facts(
            deployment,
            judged[deployment.stack],
            stack_cost(fleet.stacks[deployment.stack], fleet.groups, deployment, shipped_prices()),
        )
        for deployment in in_order(list(deployments.values()))
    ]
    text = page(facts, today, _difference(root, base) if base else None)
    if str(file) == "-":
        print(text, end="")
    else:
        write_tree(file.parent, {file.name: text})
        print(f"{file}: {len(facts)} stacks, {len(text.encode()) // 1000} kB; open it in a browser")
    return Exit.POLICY_VIOLATED if any(one.violated for one in judged.values()) else Exit.GOOD


def _difference(root: Path, base: str) -> Markup:
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

"""`fleet graph`: a drawing of the fleet as Mermaid or SVG."""

from __future__ import annotations

import click

from cli.options import optional_stack_argument
from cli.terminal import Exit, print_document, project_root


@click.command()
@optional_stack_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(["mermaid", "svg"]),
    default="mermaid",
    show_default=True,
    help="Mermaid for Markdown, or an SVG image",
)
def graph(stack: str | None, form: str) -> Exit:
    """Draw the fleet: machines, groups by start wave, and allowed connections."""
    from cli.view.report.drawing import svg
    from cli.view.report.layout import WIDE, draw
    from cli.view.report.mermaid import mermaid
    from fleet.load.project import load_project
    from fleet.plan.planner import plan_stack

    fleet = load_project(project_root()).fleet
    names = [member.name for member in fleet.members]
    if stack is not None and stack not in names:
        names = [stack]  # a sandbox, drawn alone
    drawing = draw([plan_stack(fleet, name) for name in names], WIDE, stack)
    print_document(f"{svg(drawing, alone=True)}\n" if form == "svg" else mermaid(drawing))
    return Exit.GOOD

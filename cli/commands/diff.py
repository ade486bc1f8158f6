"""`fleet diff`: how a change affects each stack, from two offline plans."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cli import completing
from cli.options import json_option
from cli.terminal import Exit, console, project_root

if TYPE_CHECKING:
    from cli.diff.model import StackDiff


@click.command()
@click.argument("stacks", nargs=-1, help="Stacks to compare (default: all)", shell_complete=completing.stacks)
@click.option("--base", help="Commit to compare with (default: the merge base with main)")
@json_option
@click.option("--markdown", is_flag=True, help="Print Markdown for a pull request comment")
@click.option("--sarif", is_flag=True, help="Print the policy results as SARIF, for code scanning")
def diff(stacks: Sequence[str], base: str | None, as_json: bool, markdown: bool, sarif: bool) -> Exit:
    """Show how a change affects each stack, from offline plans of both sides."""
    from cli.diff.sides import both_sides, differences

    forms = [form for form, asked in (("json", as_json), ("markdown", markdown), ("sarif", sarif)) if asked]
    if len(forms) > 1:
        msg = f"--{' and --'.join(forms)} exclude each other; use one"
        raise click.BadParameter(msg)
    compared, before, after = both_sides(project_root(), base, stacks)
    complaints = dict.fromkeys(reading.complaint for reading in after.values() if reading.complaint)
    if complaints:
        print(*complaints, sep="\n", file=sys.stderr)
    if any(reading.plan is None for reading in after.values()):
        return Exit.BUG if any(reading.code == Exit.BUG for reading in after.values()) else Exit.BAD_INPUT
    _show(differences(before, after), compared.title, forms[0] if forms else "text")
    codes = {reading.code for reading in after.values()}
    return next((code for code in (Exit.BUG, Exit.POLICY_VIOLATED) if code in codes), Exit.GOOD)


def _show(diffs: Sequence[StackDiff], base: str, form: str) -> None:
    if form == "json":
        from cli.view.diff_json import diff_json

        print(diff_json(diffs, base))
    elif form == "markdown":
        from cli.view.diff_markdown import diff_markdown

        print(diff_markdown(diffs, base))
    elif form == "sarif":
        from cli.view.diff_sarif import sarif

        print(sarif(diffs))
    else:
        from cli.view.diff_text import show_diff

        show_diff(console(), diffs, base)

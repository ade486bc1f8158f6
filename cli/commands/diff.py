"""`fleet diff`: how a change affects each stack, from two offline plans."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import completing
from cli.options import allow_violations_option, json_option, policy_config_option
from cli.terminal import Exit, InternalError, UserError, console, print_document, project_root
from fleet.source.faults import ConfigurationError

if TYPE_CHECKING:
    from cli.diff.model import StackDiff
    from cli.diff.reading import Reading


@click.command()
@click.argument("stacks", nargs=-1, help="Stacks to compare (default: all)", shell_complete=completing.stacks)
@click.option("--base", help="Commit to compare with (default: the merge base with main)")
@json_option
@click.option("--markdown", is_flag=True, help="Print Markdown for a pull request comment")
@click.option("--sarif", is_flag=True, help="Print the policy results as SARIF, for code scanning")
@policy_config_option
@allow_violations_option
def diff(
    stacks: Sequence[str],
    base: str | None,
    as_json: bool,
    markdown: bool,
    sarif: bool,
    policy_config: Path | None,
    allow_violations: bool,
) -> Exit:
    """Show how a change affects each stack, from offline plans of both sides."""
    from cli.diff.sides import both_sides, differences

    forms = [form for form, asked in (("json", as_json), ("markdown", markdown), ("sarif", sarif)) if asked]
    if len(forms) > 1:
        msg = f"--{' and --'.join(forms)} exclude each other; use one"
        raise click.BadParameter(msg)
    compared, before, after = both_sides(project_root(), base, stacks, policy_config)
    _ensure_planned(list(after.values()))
    _show(differences(before, after), compared.title, forms[0] if forms else "text")
    codes = {reading.code for reading in after.values()}
    if Exit.BUG in codes:
        return Exit.BUG
    return Exit.POLICY_VIOLATED if Exit.POLICY_VIOLATED in codes and not allow_violations else Exit.GOOD


def _ensure_planned(readings: Sequence[Reading]) -> None:
    """Prints complaints of plans. Raises an error with everything that stopped one."""
    failed = [reading for reading in readings if reading.plan is None]
    complaints = "\n".join(dict.fromkeys(reading.complaint for reading in failed or readings if reading.complaint))
    if not failed:
        print(complaints, end="\n" if complaints else "", file=sys.stderr)
    elif any(reading.code == Exit.BUG for reading in failed):
        raise InternalError(complaints)
    elif all(reading.faults for reading in failed):
        raise ConfigurationError(fault for reading in failed for fault in reading.faults)
    else:
        raise UserError(complaints)


def _show(diffs: Sequence[StackDiff], base: str, form: str) -> None:
    if form == "json":
        from cli.view.diff_json import diff_json

        print(diff_json(diffs, base))
    elif form == "markdown":
        from cli.view.diff_markdown import diff_markdown

        print_document(f"{diff_markdown(diffs, base)}\n")
    elif form == "sarif":
        from cli.view.diff_sarif import sarif

        print(sarif(diffs))
    else:
        from cli.view.diff_text import show_diff

        show_diff(console(), diffs, base)

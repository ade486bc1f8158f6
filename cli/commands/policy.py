"""`fleet policy`: the catalogue of rules, and what is waived of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from cli import completing
from cli.options import json_option
from cli.terminal import Exit, UserError, console, project_root, trimmed

if TYPE_CHECKING:
    from cli.waivers import WaiverRow
    from policy.core.rule import Rule


@click.group()
def policy() -> None:
    """The rules a deployment is judged by."""


@policy.command("list")
def list_rules() -> Exit:
    """Every rule with its level."""
    from collections import Counter

    from rich.table import Table
    from rich.text import Text

    from policy.engine import catalogue

    out = console()
    table = Table.grid(padding=(0, 2))
    rules = catalogue.rules()
    for rule in rules:
        table.add_row(rule.id, rule.name, Text(str(rule.level)), Text(rule.summary))
    counts = Counter(str(rule.level) for rule in rules)
    with trimmed(out):
        out.print(table)
        out.print(f"{len(rules)} rules, {', '.join(f'{count} {level}' for level, count in counts.most_common())}")
    return Exit.GOOD


@policy.command()
@click.argument("rule", metavar="ID", help="Id of a rule, such as A01", shell_complete=completing.rules)
def explain(rule: str) -> Exit:
    """What a rule wants, why, where it comes from and how to satisfy it."""
    print(_in_full(_find(rule), min(console().width, 100)))
    return Exit.GOOD


def _in_full(rule: Rule, width: int) -> str:
    from textwrap import fill

    def paragraph(title: str, text: str) -> str:
        return fill(f"{title:<10} {text}", width, subsequent_indent=" " * 11, break_on_hyphens=False)

    lines = [
        f"{rule.id} {rule.name}   {rule.level}",
        paragraph("severity", str(rule.severity)),
        paragraph("wants", rule.summary),
        paragraph("way out", rule.remedy),
    ]
    if rule.elsewhere:
        lines.append(paragraph("elsewhere", f"on a container of no group: {rule.elsewhere}"))
    if rule.on_cluster:
        lines.append(paragraph("cluster", f"in a pod of no group: {rule.on_cluster}"))
    if rule.sources:
        lines.append(paragraph("sources", ", ".join(rule.sources)))
    if rule.exception:
        where = f"containers.<name>.hardening.exceptions.{rule.exception}, with reason and until"
        lines.append(paragraph("exception", where))
    if rule.waivable:
        lines.append(paragraph("waiver", f"waivers.{rule.id} of the group or container, with reason and until"))
    else:
        lines.append(paragraph("waiver", "none holds"))
    lines += [paragraph("setting", f"{key}: {value}") for key, value in rule.defaults.items()]
    lines.append(paragraph("level", f'set it in a policy config: {{"{rule.policy_name}": "advisory"}}'))
    return "\n".join(lines)


@policy.command()
@json_option
def waivers(as_json: bool) -> Exit:
    """Every rule that a group of the fleet may break, why, and until when."""
    from dataclasses import asdict
    from datetime import date

    from cli.waivers import ensure_waivers_name_rules, waiver_rows
    from fleet.load.project import load_project

    project = load_project(project_root())
    ensure_waivers_name_rules(project)
    rows = waiver_rows(project, date.today())
    if as_json:
        print(json.dumps({"waivers": [asdict(row) for row in rows]}, indent=2, default=str))
    else:
        _show_waivers(rows)
    return Exit.GOOD


@policy.command()
@click.option("--check", is_flag=True, help="Only report whether it is up to date")
def docs(check: bool) -> Exit:
    """Renew docs/policies.md from the rules."""
    from policy.docs.page import page

    file = project_root() / "docs" / "policies.md"
    text = page()
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        print("docs/policies.md: up to date")
        return Exit.GOOD
    if check:
        msg = "docs/policies.md: older than the rules; run `fleet policy docs`"
        raise UserError(msg)
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    print("docs/policies.md: written")
    return Exit.GOOD


def _show_waivers(rows: list[WaiverRow]) -> None:
    from rich.table import Table
    from rich.text import Text

    from fleet.text import plural

    if not rows:
        print("no rule is waived")
        return
    out = console()
    table = Table.grid(padding=(0, 2))
    for row in rows:
        left = f"{plural(row.days_left, 'day')} left"
        whose = f"{row.group}/{row.container}" if row.container else row.group
        table.add_row(row.rule, whose, f"until {row.until}", left, Text(row.reason), Text(row.place, overflow="fold"))
    with trimmed(out):
        out.print(table)
        out.print(f"{len(rows)} waived")


def _find(name: str) -> Rule:
    from policy.engine import catalogue

    wanted = name.upper()
    for rule in catalogue.rules():
        if wanted in (rule.id, rule.policy_name.upper(), rule.name.upper()):
            return rule
    ids = ", ".join(rule.id for rule in catalogue.rules())
    msg = f'"{name}" is no rule; use one of {ids}'
    raise UserError(msg)

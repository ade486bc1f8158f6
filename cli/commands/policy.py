"""`fleet policy`: the policy rules and their waivers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from cli import completing
from cli.options import json_option
from cli.terminal import Exit, UserError, console, project_root, trimmed

if TYPE_CHECKING:
    from cli.waivers import WaiverRow
    from policy.core.rule import Rule


@click.group()
def policy() -> None:
    """Show the policy rules and their waivers."""


@policy.command("list")
@json_option
def list_rules(as_json: bool) -> Exit:
    """List every rule with its level."""
    from collections import Counter

    from rich.table import Table
    from rich.text import Text

    from policy.engine import catalogue

    if as_json:
        print(json.dumps({"rules": [_rule_node(rule) for rule in catalogue.rules()]}, indent=2))
        return Exit.GOOD
    out, rules, table = console(), catalogue.rules(), Table.grid(padding=(0, 2))
    for rule in rules:
        table.add_row(rule.id, rule.name, Text(str(rule.level)), Text(rule.summary))
    counts = Counter(str(rule.level) for rule in rules)
    with trimmed(out):
        out.print(table)
        out.print(f"{len(rules)} rules: {', '.join(f'{count} {level}' for level, count in counts.most_common())}")
    return Exit.GOOD


@policy.command()
@click.argument("rule", metavar="ID", help="Rule id, such as A01", shell_complete=completing.rules)
@json_option
def explain(rule: str, as_json: bool) -> Exit:
    """Show what a rule requires, why, and how to comply with it."""
    from textwrap import fill

    width = min(console().width, 100)
    found = _find(rule)
    if as_json:
        print(json.dumps(_rule_node(found), indent=2))
        return Exit.GOOD
    print(f"{found.id} {found.name}   {found.level}")
    for title, text in _facts(found):
        print(fill(f"{title:<10} {text}", width, subsequent_indent=" " * 11, break_on_hyphens=False))
    return Exit.GOOD


def _rule_node(rule: Rule) -> dict[str, Any]:
    """A rule as JSON, with stable keys; empty texts for what it lacks."""
    return {
        "id": rule.id,
        "name": rule.name,
        "policy": rule.policy_name,
        "level": rule.level,
        "severity": rule.severity,
        "requires": rule.summary,
        "fix": rule.remedy,
        "elsewhere": rule.elsewhere,
        "cluster": rule.on_cluster,
        "sources": list(rule.sources),
        "exception": rule.exception_path,
        "waivable": rule.waivable,
        "settings": dict(rule.defaults),
    }


def _facts(rule: Rule) -> list[tuple[str, str]]:
    exception = f"{rule.exception_path}, with reason and until"
    waiver = f"waivers.{rule.id} of the group or container, with reason and until"
    facts = [
        ("severity", str(rule.severity)),
        ("requires", rule.summary),
        ("fix", rule.remedy),
        ("elsewhere", f"for a container outside groups: {rule.elsewhere}" if rule.elsewhere else ""),
        ("cluster", f"for a pod outside groups: {rule.on_cluster}" if rule.on_cluster else ""),
        ("sources", ", ".join(rule.sources)),
        ("exception", exception if rule.exception else ""),
        ("waiver", waiver if rule.waivable else "not possible"),
        *(("setting", f"{key}: {value}") for key, value in rule.defaults.items()),
        ("level", f'to change it, add to a policy config: {{"{rule.policy_name}": "advisory"}}'),
    ]
    return [(title, text) for title, text in facts if text]


@policy.command()
@json_option
def waivers(as_json: bool) -> Exit:
    """List every waiver of the fleet, with its reason and last day."""
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
@click.option("--check", is_flag=True, help="Fail if the file is out of date; write nothing")
def docs(check: bool) -> Exit:
    """Generate docs/policies.md from the rules."""
    from cli.writing import write_files
    from policy.docs.page import page

    file, text = project_root() / "docs" / "policies.md", page()
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        print("docs/policies.md: up to date")
        return Exit.GOOD
    if check:
        msg = "docs/policies.md: out of date; run `fleet policy docs`"
        raise UserError(msg)
    write_files({file: text.encode()}, "make the folder writable")
    print("docs/policies.md: written")
    return Exit.GOOD


def _show_waivers(rows: list[WaiverRow]) -> None:
    from rich.table import Table
    from rich.text import Text

    from fleet.text import plural

    out, table = console(), Table.grid(padding=(0, 2))
    for row in rows:
        scope = f"{row.group}/{row.container}" if row.container else row.group
        left = f"{plural(row.days_left, 'day')} left"
        table.add_row(row.rule, scope, f"until {row.until}", left, Text(row.reason), Text(row.place, overflow="fold"))
    with trimmed(out):
        if rows:
            out.print(table)
        out.print(plural(len(rows), "waiver") if rows else "no waivers")


def _find(name: str) -> Rule:
    from policy.engine import catalogue

    for rule in catalogue.rules():
        if name.upper() in (rule.id, rule.policy_name.upper(), rule.name.upper()):
            return rule
    msg = f'unknown rule "{name}"; `fleet policy list` shows all'
    raise UserError(msg)

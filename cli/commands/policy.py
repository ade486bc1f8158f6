"""`fleet policy`: the catalogue of rules."""

from __future__ import annotations

from collections import Counter
from textwrap import fill

from cli.terminal import Exit, UserError, console, trimmed
from policy import catalogue
from policy.rule import Rule


def policy_list() -> Exit:
    """Prints every rule by id."""
    from rich.table import Table
    from rich.text import Text

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


def policy_explain(name: str) -> Exit:
    """Prints one rule in full."""
    rule = _find(name)
    width = min(console().width, 100)

    def paragraph(title: str, text: str) -> str:
        return fill(f"{title:<10} {text}", width, subsequent_indent=" " * 11)

    lines = [
        f"{rule.id} {rule.name}   {rule.level}",
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
    lines += [paragraph("setting", f"{key}: {value}") for key, value in rule.defaults.items()]
    lines.append(paragraph("level", f'set it in a policy config: {{"{rule.policy_name}": "advisory"}}'))
    print("\n".join(lines))
    return Exit.GOOD


def _find(name: str) -> Rule:
    wanted = name.upper()
    for rule in catalogue.rules():
        if wanted in (rule.id, rule.policy_name.upper(), rule.name.upper()):
            return rule
    ids = ", ".join(rule.id for rule in catalogue.rules())
    msg = f'"{name}" is no rule; use one of {ids}'
    raise UserError(msg)

"""The catalogue as a page for people who audit: docs/policies.md is this text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from policy.core.remediation import remediation
from policy.core.rule import ContainerRule, ResourceRule, Rule, StackRule
from policy.docs.not_covered import ELSEWHERE
from policy.engine.catalogue import rules

_FAMILIES = {
    "A": "Identity and privilege",
    "B": "Isolation from the host",
    "C": "Resources",
    "D": "Images and where they come from",
    "E": "Availability and rollouts",
    "F": "Network, secrets and rights",
    "G": "GPUs and the fleet",
    "R": "Cloud Run",
}
_HEAD = """# Policies

Made by `fleet policy docs` from `policy/rules/`; do not edit it. [How to write one](write-a-policy.md).

The level says what happens: mandatory stops a preview, advisory is told, disabled is off until a policy configuration
switches it on. The severity says how bad it is. Sources are ids of public rule sets: CKV is Checkov, KSV and DS are
Trivy, CIS Docker is the CIS Docker Benchmark, PSS are the Kubernetes Pod Security Standards.
"""


def page() -> str:
    """The whole page, Markdown."""
    lines = [_HEAD, *_overview()]
    for family, found in groupby(rules(), key=lambda rule: rule.id[0]):
        lines += ["", f"## {family}. {_FAMILIES.get(family, 'Others')}"]
        for rule in found:
            lines += ["", *_entry(rule)]
    lines += [
        "",
        "## What is not judged here",
        "",
        "| id | idea | why not | what does it instead |",
        "|---|---|---|---|",
    ]
    lines += [f"| {one.id} | {one.name} | {one.reason} | {one.instead} |" for one in ELSEWHERE]
    return "\n".join(lines) + "\n"


def _overview() -> Iterator[str]:
    yield "| id | name | level | severity |"
    yield "|---|---|---|---|"
    for rule in rules():
        yield f"| [{rule.id}](#{rule.id.lower()}-{rule.name}) | {rule.name} | {rule.level} | {rule.severity} |"


def _entry(rule: Rule) -> Iterator[str]:
    yield f"### {rule.id} {rule.name}"
    yield ""
    yield _plain(rule.summary)
    yield ""
    yield f"- {rule.level}, severity {rule.severity}; judges {', '.join(_targets(rule))}"
    for way_out in remediation(rule):
        yield f"- {_plain(way_out)}"
    if rule.sources:
        yield f"- Sources: {', '.join(rule.sources)}"
    for name, default in rule.defaults.items():
        shown = ", ".join(default) if isinstance(default, tuple | list) else str(default)
        yield f"- Setting {name}: {_plain(shown) or 'empty'}"


def _targets(rule: Rule) -> Iterator[str]:
    if isinstance(rule, ContainerRule):
        yield from (f"containers on {target}" for target in rule.targets)
    if isinstance(rule, ContainerRule | ResourceRule):
        yield from dict.fromkeys(check.of.replace("_", " ") for check in rule.resources)
    if isinstance(rule, StackRule):
        read = dict.fromkeys(path.partition(".")[0].replace("_", " ") for path in rule.reads)
        yield f"the stack as a whole ({', '.join(read)})"


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    for mark in "<>*|":
        text = text.replace(mark, f"\\{mark}")
    return text

"""How to fix a finding or waive a rule, a line each, for the pack's metadata and the catalogue's page."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Rule


def remediation(rule: Rule) -> Iterator[str]:
    """The fix in a group's file, outside a group and in a pod outside a group, and how to waive the rule."""
    yield f"In this project's files: {rule.remedy}."
    if rule.elsewhere:
        yield f"Outside a group: {rule.elsewhere}."
    if rule.on_cluster:
        yield f"In a pod outside a group: {rule.on_cluster}."
    if rule.exception:
        yield f"Temporary exception: {rule.exception_path}, with reason and until."
    elif rule.waivable:
        yield f"Temporary waiver: waivers.{rule.id} of the group or container, with reason and until."

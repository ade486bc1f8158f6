"""The ways out of a rule, one line each, as the pack's metadata and the catalogue's page give them."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Rule


def remediation(rule: Rule) -> Iterator[str]:
    """What to set in a group's file, on a container of no group, in a pod of none, and how to waive the rule."""
    yield f"In this project's files: {rule.remedy}."
    if rule.elsewhere:
        yield f"On a container of no group: {rule.elsewhere}."
    if rule.on_cluster:
        yield f"In a pod of no group: {rule.on_cluster}."
    if rule.exception:
        yield f"For a while: hardening.exceptions.{rule.exception} of the container, with reason and until."
    elif rule.waivable:
        yield f"For a while: waivers.{rule.id} of the group or container, with reason and until."

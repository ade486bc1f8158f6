"""Which rules read a property of a resource: what the readers miss in a view once the property is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

from fleet.leaves import Path, replaced
from policy.assemble import stack_view
from policy.catalogue import rules
from policy.registered import UNKNOWN, Registered
from policy.rule import ContainerRule, ResourceRule, Rule
from policy.stack import StackView

Reading = tuple[str, str, str]
"""(collection of StackView, field of its views, target of a container's view or nothing)."""


def rules_reading(resource: Registered, path: Path) -> tuple[Rule, ...]:
    """The rules that a leaf of a resource's inputs reaches, by id."""
    reached = fields_reached(resource, path)
    return tuple(rule for rule in rules() if any(_reads(rule, *reading) for reading in reached))


def fields_reached(resource: Registered, path: Path) -> frozenset[Reading]:
    """What rules see of a leaf of a resource's inputs."""
    hidden = replace(resource, inputs=replaced(resource.inputs, path, UNKNOWN))
    return frozenset(_missed(stack_view([hidden]))) - frozenset(_missed(stack_view([resource])))


def _missed(stack: StackView) -> Iterator[Reading]:
    for collection in (field.name for field in fields(StackView) if field.name != "urns"):
        for view in getattr(stack, collection):
            for name in view.unknown:
                yield collection, name, getattr(view, "target", "") if collection == "containers" else ""


def _reads(rule: Rule, collection: str, field: str, target: str) -> bool:
    if isinstance(rule, ContainerRule | ResourceRule):
        by_itself = any(check.of == collection and field in check.reads for check in rule.resources)
        if isinstance(rule, ResourceRule) or by_itself:
            return by_itself
        return collection == "containers" and target in rule.targets and field in rule.reads
    return f"{collection}.{field}" in getattr(rule, "reads", ())

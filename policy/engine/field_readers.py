"""Which rules read a property of a resource: they depend on the fields that are unknown if the property is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from fleet.property_paths import Path, leaves, replaced
from policy.core.rule import ContainerRule, ResourceRule, Rule
from policy.engine.catalogue import rules
from policy.readers.stack import stack_view
from policy.views.registered import UNKNOWN, Registered
from policy.views.stack import StackView

_COLLECTIONS = tuple(field.name for field in fields(StackView) if field.name != "urns")
_NUMBER = re.compile(r"\d{1,9}")

Reading = tuple[str, str, str]
"""(collection of StackView, field of its views, target of a container's view, else empty)."""


def rules_reading(resource: Registered, path: Path) -> tuple[Rule, ...]:
    """The rules that a leaf of a resource's inputs reaches, by id."""
    reached = fields_reached(resource, path)
    return tuple(rule for rule in rules() if any(_reads(rule, *reading) for reading in reached))


def fields_reached(resource: Registered, path: Path) -> frozenset[Reading]:
    """The fields of views that a leaf of a resource's inputs sets.

    An unknown leaf may make neighbouring fields unknown too: of several, those are returned that another value changes.
    """
    seen = stack_view([resource])
    missed = frozenset(_missed(_view(resource, path, UNKNOWN))) - frozenset(_missed(seen))
    if len(missed) < 2:
        return missed
    value = dict(leaves(resource.inputs)).get(path)
    changed = {reading for other in _other_values(value) for reading in _differing(seen, _view(resource, path, other))}
    return missed & changed or missed


def _view(resource: Registered, path: Path, value: Any) -> StackView:
    return stack_view([replace(resource, inputs=replaced(resource.inputs, path, value))])


def _other_values(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, 0)
    elif isinstance(value, str):
        yield from (_NUMBER.sub(lambda found: str(int(found[0]) + 1), value), f"{value}x", "")
    else:
        yield []


def _differing(before: StackView, after: StackView) -> Iterator[Reading]:
    for collection in _COLLECTIONS:
        for old, new in zip(getattr(before, collection), getattr(after, collection), strict=False):
            for field in fields(old):
                if getattr(old, field.name) != getattr(new, field.name):
                    yield collection, field.name, _target(collection, old)


def _target(collection: str, view: Any) -> str:
    return str(view.target) if collection == "containers" else ""


def _missed(stack: StackView) -> Iterator[Reading]:
    for collection in _COLLECTIONS:
        for view in getattr(stack, collection):
            for name in view.unknown:
                yield collection, name, _target(collection, view)


def _reads(rule: Rule, collection: str, field: str, target: str) -> bool:
    if isinstance(rule, ContainerRule | ResourceRule):
        by_itself = any(check.of == collection and field in check.reads for check in rule.resources)
        if isinstance(rule, ResourceRule) or by_itself:
            return by_itself
        return collection == "containers" and target in rule.targets and field in rule.reads
    return f"{collection}.{field}" in getattr(rule, "reads", ())

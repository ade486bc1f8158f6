"""Every field of a resource, with the keys that decide it and the rules that read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cli.diff.fields import shown
from cli.explain.fields import fields_called
from cli.explain.sources import Source, source_of
from cli.explain.stack import NotFoundError, PlannedStack, kind_of, resources_called
from components.fixed import reason_for
from components.listing import spelled
from fleet.property_paths import Path, leaves
from fleet.provenance.search import Decider, Found, Resource, Search
from fleet.provenance.trial_files import Files
from fleet.source.document import KeyPath
from policy.engine.field_readers import rules_reading
from policy.views.registered import Registered

GPU = "gpu"


@dataclass(frozen=True, slots=True)
class Explained:
    """One field of one resource.

    section: `gpu` for what the `gpu` key of a container decides, else empty; sources: the keys that decide it, most
    specific first; fixed: why no key decides it, else empty; rules: ids of the rules that read it.
    """

    resource: str
    type: str
    kind: str
    field: str
    value: str
    section: str
    sources: tuple[Source, ...]
    fixed: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExplainedResource:
    """One resource. there_for: the keys without which it would not exist."""

    name: str
    type: str
    kind: str
    there_for: tuple[Source, ...]
    fields: tuple[Explained, ...]


def explain(stack: PlannedStack, name: str, field: str | None) -> list[ExplainedResource]:
    """The fields of a name in each matching resource that has them, or all fields. Raises NotFoundError."""
    wanted: dict[Resource, list[Path]] = {}
    missing: list[NotFoundError] = []
    for resource in resources_called(name, stack):
        try:
            wanted[resource] = _paths(resource, field, stack)
        except NotFoundError as error:
            missing.append(error)
    if not wanted:
        raise missing[0]
    found = search(stack, list(wanted), frozenset().union(*wanted.values()) if field else None)
    return [
        ExplainedResource(
            name=resource[1],
            type=resource[0],
            kind=kind_of(resource),
            there_for=tuple(source_of(decider, resource, stack) for decider in found.existing(resource)),
            fields=tuple(explained(resource, path, found, stack) for path in paths),
        )
        for resource, paths in wanted.items()
    ]


def search(
    stack: PlannedStack,
    resources: Sequence[Resource],
    paths: frozenset[Path] | None = None,
    only: tuple[str, KeyPath] | None = None,
) -> Found:
    """The keys that decide values of resources; see Search."""
    files = Files(stack.project.fleet, stack.project.sources)
    focus = {resource: stack.entries[resource].properties for resource in resources}
    return Search(files, stack.name, stack.trials_of(resources), spelled, focus, paths, only).run()


def registered(resource: Resource, stack: PlannedStack) -> Registered:
    """A resource as rules read it."""
    type_, name = resource
    urn = f"urn:pulumi:{stack.name}::fleet::{type_}::{name}"
    return Registered(type=type_, name=name, urn=urn, inputs=stack.properties(resource))


def _paths(resource: Resource, field: str | None, stack: PlannedStack) -> list[Path]:
    inputs = registered(resource, stack)
    if field is None:
        return [path for path, _ in leaves(inputs.inputs)]
    return fields_called(field, inputs, lambda: _decided_by(field, resource, stack))


def _decided_by(key: str, resource: Resource, stack: PlannedStack) -> set[Path]:
    """The leaves that a key of the resource's containers decides, such as `gpu`."""
    entry = stack.entries[resource]
    decided: set[Path] = set()
    for container in entry.containers if entry.group in stack.project.fleet.groups else ():
        only = (str(entry.group), ("containers", container, *key.split(".")))
        deciders = search(stack, [resource], only=only).deciders.get(resource, {})
        decided.update(*(decider.changes for decider in deciders.values()))
    return decided


def explained(resource: Resource, path: Path, found: Found, stack: PlannedStack) -> Explained:
    """One field."""
    inputs = registered(resource, stack)
    value = dict(leaves(inputs.inputs))[path]
    # Another value of what identifies a resource replaces the resource.
    deciders = found.of(resource, path) or [one for one in found.existing(resource) if _mentions(one, value)]
    return Explained(
        resource=resource[1],
        type=resource[0],
        kind=kind_of(resource),
        field=".".join(path),
        value=shown(resource[0], path, value),
        section=GPU if any(one.path[:1] == ("containers",) and GPU in one.path[2:-1] for one in deciders) else "",
        sources=tuple(source_of(decider, resource, stack) for decider in deciders),
        fixed="" if deciders else reason_for(*resource, path, stack.deployment.machine.target),
        rules=tuple(rule.id for rule in rules_reading(inputs, path)),
    )


def _mentions(decider: Decider, value: object) -> bool:
    own = decider.node.value if decider.node else ""
    texts = own if isinstance(own, tuple) else (own,)
    return isinstance(value, str) and any(
        isinstance(text, str) and re.search(rf"(?<![\w-]){re.escape(value)}(?!\w)", text) for text in texts
    )

"""Every field of a resource with what decides it, what reads it and what is fixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cli.diff.fields import shown
from cli.explain.fields import fields_called
from cli.explain.sources import Source, source_of
from cli.explain.stack import PlannedStack, kind_of, resources_called
from components.fixed import reason_for
from components.listing import spelled
from fleet.property_paths import Path, leaves
from fleet.provenance.search import Found, Resource, Search
from fleet.provenance.trial_files import Files
from policy.engine.field_readers import rules_reading
from policy.views.registered import Registered


@dataclass(frozen=True, slots=True)
class Explained:
    """One field of one resource.

    sources: every key that decides it, that which decides least besides first; fixed: why none does, where none does;
    rules: ids of the rules that read it.
    """

    resource: str
    type: str
    kind: str
    field: str
    value: str
    sources: tuple[Source, ...]
    fixed: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExplainedResource:
    """One resource. there_for: the keys without which it would not be there."""

    name: str
    type: str
    kind: str
    there_for: tuple[Source, ...]
    fields: tuple[Explained, ...]


def explain(stack: PlannedStack, name: str, field: str | None) -> list[ExplainedResource]:
    """Every field of the resources that a name means, or of each that has it the one asked for.

    Raises NotFoundError.
    """
    meant = resources_called(name, stack)
    asked = {resource: _asked(resource, field, stack, alone=len(meant) == 1) for resource in meant}
    asked = {resource: paths for resource, paths in asked.items() if paths or field is None}
    if not asked:
        fields_called(field or "", registered(meant[0], stack))
    narrow = frozenset(path for paths in asked.values() for path in paths) if field else None
    found = search(stack, list(asked), narrow)
    return [_resource(resource, paths, found, stack) for resource, paths in asked.items()]


def search(stack: PlannedStack, resources: Sequence[Resource], paths: frozenset[Path] | None = None) -> Found:
    """What decides the values of resources."""
    files = Files(stack.project.fleet, stack.project.sources)
    focus = {resource: stack.resources[resource] for resource in resources}
    return Search(files, stack.name, stack.again, spelled, focus, paths).run()


def registered(resource: Resource, stack: PlannedStack) -> Registered:
    """A resource as rules read it."""
    type_, name = resource
    return Registered(
        type=type_, name=name, urn=f"urn:pulumi:{stack.name}::fleet::{type_}::{name}", inputs=stack.properties(resource)
    )


def _asked(resource: Resource, field: str | None, stack: PlannedStack, *, alone: bool) -> list[Path]:
    as_registered = registered(resource, stack)
    if field is None:
        return [path for path, _ in leaves(as_registered.inputs)]
    if alone:
        return fields_called(field, as_registered)
    try:
        return fields_called(field, as_registered)
    except LookupError:
        return []


def _resource(resource: Resource, paths: Sequence[Path], found: Found, stack: PlannedStack) -> ExplainedResource:
    there_for = tuple(source_of(decider, resource, stack) for decider in found.existing(resource))
    fields = tuple(explained(resource, path, found, stack) for path in paths)
    return ExplainedResource(resource[1], resource[0], kind_of(resource), there_for, fields)


def explained(resource: Resource, path: Path, found: Found, stack: PlannedStack) -> Explained:
    """One field."""
    as_registered = registered(resource, stack)
    value = dict(leaves(as_registered.inputs))[path]
    deciders = found.of(resource, path)
    fixed = "" if deciders else reason_for(*resource, path)
    # Of a value that its resource's own name says, another makes another resource.
    presence = () if deciders or fixed else found.existing(resource)
    sources = tuple(source_of(decider, resource, stack) for decider in (*deciders, *presence))
    rules = tuple(rule.id for rule in rules_reading(as_registered, path))
    return Explained(
        resource[1],
        resource[0],
        kind_of(resource),
        ".".join(path),
        shown(resource[0], path, value),
        sources,
        fixed,
        rules,
    )

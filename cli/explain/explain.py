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
    specific first; fixed: why none does, where none does; rules: ids of the rules that read it.
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
    """The fields that a name means of each resource that has them, or all fields.

    Raises NotFoundError.
    """
    meant = resources_called(name, stack)
    asked: dict[Resource, list[Path]] = {}
    missing: NotFoundError | None = None
    for resource in meant:
        try:
            asked[resource] = _asked(resource, field, stack)
        except NotFoundError as error:
            missing = missing or error
    if missing and not asked:
        raise missing
    paths = frozenset(path for paths in asked.values() for path in paths) if field else None
    found = search(stack, list(asked), paths)
    return [_resource(resource, paths, found, stack) for resource, paths in asked.items()]


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
    return Registered(
        type=type_, name=name, urn=f"urn:pulumi:{stack.name}::fleet::{type_}::{name}", inputs=stack.properties(resource)
    )


def _asked(resource: Resource, field: str | None, stack: PlannedStack) -> list[Path]:
    as_registered = registered(resource, stack)
    if field is None:
        return [path for path, _ in leaves(as_registered.inputs)]
    return fields_called(field, as_registered, lambda: _decided_by(field, resource, stack))


def _decided_by(key: str, resource: Resource, stack: PlannedStack) -> set[Path]:
    """The leaves that a key of the resource's containers decides, such as `gpu`."""
    entry = stack.entries[resource]
    decided: set[Path] = set()
    for container in entry.containers if entry.group in stack.project.fleet.groups else ():
        only = (str(entry.group), ("containers", container, *key.split(".")))
        deciders = search(stack, [resource], only=only).deciders.get(resource, {})
        decided.update(*(decider.changes for decider in deciders.values()))
    return decided


def _resource(resource: Resource, paths: Sequence[Path], found: Found, stack: PlannedStack) -> ExplainedResource:
    there_for = tuple(source_of(decider, resource, stack) for decider in found.existing(resource))
    fields = tuple(explained(resource, path, found, stack) for path in paths)
    return ExplainedResource(resource[1], resource[0], kind_of(resource), there_for, fields)


def explained(resource: Resource, path: Path, found: Found, stack: PlannedStack) -> Explained:
    """One field."""
    as_registered = registered(resource, stack)
    value = dict(leaves(as_registered.inputs))[path]
    # A value that is part of a resource's identity changes by replacing the resource.
    deciders = found.of(resource, path) or [one for one in found.existing(resource) if _mentions(one, value)]
    return Explained(
        resource=resource[1],
        type=resource[0],
        kind=kind_of(resource),
        field=".".join(path),
        value=shown(resource[0], path, value),
        section=GPU if any(_is_below_gpu(decider) for decider in deciders) else "",
        sources=tuple(source_of(decider, resource, stack) for decider in deciders),
        fixed="" if deciders else reason_for(*resource, path),
        rules=tuple(rule.id for rule in rules_reading(as_registered, path)),
    )


def _mentions(decider: Decider, value: object) -> bool:
    said = decider.node.value if decider.node else ""
    texts = (said,) if isinstance(said, str) else said if isinstance(said, tuple) else ()
    return isinstance(value, str) and any(
        isinstance(text, str) and re.search(rf"(?<![\w-]){re.escape(value)}(?!\w)", text) for text in texts
    )


def _is_below_gpu(decider: Decider) -> bool:
    return decider.path[:1] == ("containers",) and GPU in decider.path[2:-1]

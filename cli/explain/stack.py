"""A planned stack and every resource it registers, found by the names people use for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from components.listing import Entry, inventory, listing, spelled
from fleet.errors import UserError
from fleet.load.project import Project, load_project
from fleet.model import Fleet
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from fleet.provenance.search import Listing, Resource
from fleet.suggest import nearest

SHOWN = 5
"""Names that an error suggests: nobody reads hundreds."""


class NotFoundError(UserError):
    """No such resource or field; the message says what there is."""


@dataclass(frozen=True)
class PlannedStack:
    """A stack's resources as its program registers them."""

    project: Project
    deployment: Deployment
    entries: Mapping[Resource, Entry]

    @property
    def name(self) -> str:
        """Of the stack."""
        return self.deployment.stack

    @property
    def resources(self) -> Listing:
        """Properties of each resource, as the SDK spells them."""
        return {resource: entry.properties for resource, entry in self.entries.items()}

    def properties(self, resource: Resource) -> Mapping[str, Any]:
        """Of one resource, as the engine spells them."""
        found: Mapping[str, Any] = spelled(self.entries[resource].properties)
        return found

    def trials_of(self, resources: Collection[Resource]) -> Callable[[Fleet], Listing | None]:
        """What lists the resources of the same stack of another fleet; None where that cannot be planned.

        Where groups own all that is asked for, and the target renders their resources without other groups'
        containers, no others are planned.
        """
        owners = {self.entries[resource].group or "" for resource in resources}
        alone = self._again(self.project.fleet, owners) or {}
        by_owner = all(alone.get(resource) == self.entries[resource].properties for resource in resources)
        return partial(self._again, only=owners if by_owner else None)

    def _again(self, fleet: Fleet, only: Collection[str] | None) -> Listing | None:
        try:
            # In a trial, the stack or a group may have another name.
            name = (
                self.name if self.name in fleet.stacks else (set(fleet.stacks) - set(self.project.fleet.stacks)).pop()
            )
            renamed = set(fleet.groups) - set(self.project.fleet.groups)
            deployment = plan_stack(fleet, name, only={*only, *renamed} if only is not None else None)
            return self.resources if deployment == self.deployment else listing(deployment)
        except Exception:
            # Nothing has checked the trial's fleet: any error means that it is refused.
            return None


def planned(root: Path, stack: str) -> PlannedStack:
    """Loads and plans a stack; no program is run.

    Raises UnknownStackError, or ConfigurationError with the faults of the files.
    """
    project = load_project(root)
    deployment = plan_stack(project.fleet, stack)
    entries = {(entry.type, entry.name): entry for entry in inventory(deployment).walk()}
    return PlannedStack(project, deployment, entries)


def kind_of(resource: Resource) -> str:
    """`docker:index/container:Container` as `Container`, a provider as `docker-provider`."""
    kind = resource[0].rpartition(":")[2]
    return f"{kind}-provider" if resource[0].startswith("pulumi:providers:") else kind


def resources_called(name: str, stack: PlannedStack) -> list[Resource]:
    """The resources that a name means: logical names first, with `Kind/` before them where several share one; then the
    names of containers and groups; then names on the machine, and keys of volumes.

    Raises NotFoundError.
    """
    ways = (_logical_names, _container_names, _other_names)
    names = {resource: [set(way(entry, stack)) for way in ways] for resource, entry in stack.entries.items()}
    for way in range(len(ways)):
        found = [resource for resource, known in names.items() if name in known[way]]
        # A component that shares its name with a resource only groups others.
        if found:
            return [one for one in found if not stack.entries[one].is_component] or found
    known = {one[1] for one in stack.entries}.union(*(sets[2] for sets in names.values()))
    groups = {group.name for group in stack.deployment.groups}
    msg = (
        f'"{name}" is no resource or group of {stack.name}; {nearest(name, known | groups, SHOWN)}\n'
        f"`fleet plan {stack.name} --json` lists all {len(stack.entries)} resources"
    )
    raise NotFoundError(msg)


def _logical_names(entry: Entry, stack: PlannedStack) -> Iterator[str]:
    yield from (entry.name, f"{kind_of((entry.type, entry.name))}/{entry.name}", f"{entry.type}/{entry.name}")


def _container_names(entry: Entry, stack: PlannedStack) -> Iterator[str]:
    """Of the containers that a resource runs, and of their group."""
    for container in stack.deployment.containers:
        if container.group == entry.group and container.key in entry.containers:
            yield from (container.name, container.group, f"{entry.name}/{container.key}")


def _other_names(entry: Entry, stack: PlannedStack) -> Iterator[str]:
    """What a resource is called on the machine, and a volume in its group's file."""
    metadata = entry.properties.get("metadata")
    own = metadata.get("name") if isinstance(metadata, Mapping) else entry.properties.get("name")
    yield from (word for word in (own, entry.volume) if isinstance(word, str))

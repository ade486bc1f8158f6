"""A planned stack and its resources by name."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
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
"""Most names that an error suggests."""


_Listed = tuple[Deployment, Listing]


class NotFoundError(UserError):
    """No such resource or field; the message suggests some."""


@dataclass(frozen=True)
class PlannedStack:
    """A stack's resources as its program registers them."""

    project: Project
    deployment: Deployment
    entries: Mapping[Resource, Entry]

    @property
    def name(self) -> str:
        """Name of the stack."""
        return self.deployment.stack

    @property
    def resources(self) -> Listing:
        """Properties of each resource, as the SDK spells them."""
        return {resource: entry.properties for resource, entry in self.entries.items()}

    def properties(self, resource: Resource) -> Mapping[str, Any]:
        """Properties of one resource, as the engine spells them."""
        properties: Mapping[str, Any] = spelled(self.entries[resource].properties)
        return properties

    def trials_of(self, resources: Collection[Resource]) -> Callable[[Fleet], Listing | None]:
        """A function that lists the same stack of another fleet; None if that cannot be planned.

        It plans only the groups that own these resources, if that renders them unchanged.
        """
        only: Collection[str] | None = {self.entries[resource].group or "" for resource in resources}
        base = self._trial(self.project.fleet, only)
        if not base or any(base[1].get(resource) != self.entries[resource].properties for resource in resources):
            only, base = None, (self.deployment, self.resources)

        def trial(fleet: Fleet) -> Listing | None:
            found = self._trial(fleet, only, base)
            return found[1] if found else None

        return trial

    def _trial(self, fleet: Fleet, only: Collection[str] | None, base: _Listed | None = None) -> _Listed | None:
        """Plans and lists the stack of another fleet, which is unchecked: any error means that it is invalid."""
        known = self.project.fleet
        with contextlib.suppress(Exception):
            # A trial may rename the stack or a group.
            name = self.name if self.name in fleet.stacks else (fleet.stacks.keys() - known.stacks).pop()
            renamed = fleet.groups.keys() - known.groups
            deployment = plan_stack(fleet, name, only={*only, *renamed} if only is not None else None)
            return base if base and deployment == base[0] else (deployment, listing(deployment))
        return None


def planned(root: Path, stack: str) -> PlannedStack:
    """Loads and plans a stack without running its program. Raises UnknownStackError or ConfigurationError."""
    project = load_project(root)
    deployment = plan_stack(project.fleet, stack)
    entries = {(entry.type, entry.name): entry for entry in inventory(deployment).walk()}
    return PlannedStack(project, deployment, entries)


def kind_of(resource: Resource) -> str:
    """`docker:index/container:Container` as `Container`, a provider as `docker-provider`."""
    kind = resource[0].rpartition(":")[2]
    return f"{kind}-provider" if resource[0].startswith("pulumi:providers:") else kind


def resources_called(name: str, stack: PlannedStack) -> list[Resource]:
    """The resources of a name: a logical name, with `Kind/` in front if it is ambiguous; else a container or group;
    else a name on the machine or a volume's key. Raises NotFoundError.
    """
    sources = (_logical_names, _container_names, _other_names)
    names = {resource: [set(of(entry, stack)) for of in sources] for resource, entry in stack.entries.items()}
    for level in range(len(sources)):
        found = [resource for resource, known in names.items() if name in known[level]]
        # A component only groups the resource of the same name.
        if found:
            return [one for one in found if not stack.entries[one].is_component] or found
    known = {one[1] for one in stack.entries}.union(*(sets[2] for sets in names.values()))
    groups = {group.name for group in stack.deployment.groups}
    msg = (
        f'"{name}" is not a resource or group of {stack.name}; {nearest(name, known | groups, SHOWN)}\n'
        f"`fleet plan {stack.name} --json` lists all {len(stack.entries)} resources"
    )
    raise NotFoundError(msg)


def _logical_names(entry: Entry, _stack: PlannedStack) -> Iterator[str]:
    yield from (entry.name, f"{kind_of((entry.type, entry.name))}/{entry.name}", f"{entry.type}/{entry.name}")


def _container_names(entry: Entry, stack: PlannedStack) -> Iterator[str]:
    for container in stack.deployment.containers:
        if container.group == entry.group and container.key in entry.containers:
            yield from (container.name, container.group, f"{entry.name}/{container.key}")


def _other_names(entry: Entry, _stack: PlannedStack) -> Iterator[str]:
    metadata = entry.properties.get("metadata")
    own = metadata.get("name") if isinstance(metadata, Mapping) else entry.properties.get("name")
    yield from (name for name in (own, entry.volume) if isinstance(name, str))

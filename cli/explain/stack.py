"""A planned stack and every resource it registers, found by the names people use for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.listing import listing, spelled
from fleet.errors import UserError
from fleet.load.project import Project, load_project
from fleet.model import Fleet
from fleet.plan.deployment import Deployment, PlannedContainer
from fleet.plan.planner import plan_stack
from fleet.provenance.search import Listing, Resource
from fleet.suggest import nearest

SHOWN = 5
"""Names that a question offers: of hundreds, nobody reads all."""

_WORKLOADS = ("docker:index/container:", "kubernetes:apps/", "kubernetes:batch/", "gcp:cloudrunv2/")


class NotFoundError(UserError):
    """No such resource or field; the message says what there is."""


@dataclass(frozen=True)
class PlannedStack:
    """A stack's resources as its program registers them."""

    project: Project
    deployment: Deployment
    resources: Listing

    @property
    def name(self) -> str:
        """Of the stack."""
        return self.deployment.stack

    def properties(self, resource: Resource) -> Mapping[str, Any]:
        """Of one resource, as the engine is told them."""
        found: Mapping[str, Any] = spelled(self.resources[resource])
        return found

    def again(self, fleet: Fleet) -> Listing | None:
        """The resources of the same stack of another fleet; None where that cannot be planned."""
        try:
            # In a trial, the stack may bear another name.
            name = (
                self.name
                if self.name in fleet.stacks
                else next(iter(set(fleet.stacks) - set(self.project.fleet.stacks)))
            )
            deployment = plan_stack(fleet, name)
            return self.resources if deployment == self.deployment else listing(deployment)
        except Exception:
            # Nobody judged the trial before: any fault means that it cannot be.
            return None


def planned(root: Path, stack: str) -> PlannedStack:
    """Loads and plans a stack; no program is run.

    Raises UnknownStackError, or ConfigurationError with the faults of the files.
    """
    project = load_project(root)
    deployment = plan_stack(project.fleet, stack)
    return PlannedStack(project, deployment, listing(deployment))


def kind_of(resource: Resource) -> str:
    """`docker:index/container:Container` as `Container`, a provider as `docker provider`."""
    kind = resource[0].rpartition(":")[2]
    return f"{kind}-provider" if resource[0].startswith("pulumi:providers:") else kind


def resources_called(name: str, stack: PlannedStack) -> list[Resource]:
    """What a name means: a logical one, with `Kind/` before it where several share it; a container's or a group's own;
    else what the thing is called where it runs, or in its file.

    Raises NotFoundError.
    """
    logical = [one for one in stack.resources if name in (one[1], f"{kind_of(one)}/{one[1]}", f"{one[0]}/{one[1]}")]
    found = (
        logical
        or [one for one in stack.resources if _runs(one, name, stack)]
        or [one for one in stack.resources if name in _called(one, stack)]
    )
    if not found:
        names = {one[1] for one in stack.resources} | {word for one in stack.resources for word in _called(one, stack)}
        groups = {group.name for group in stack.deployment.groups}
        msg = (
            f'"{name}" is no resource or group of {stack.name}; {nearest(name, names | groups, SHOWN)}\n'
            f"`fleet plan {stack.name} --json` lists all {len(stack.resources)} resources"
        )
        raise NotFoundError(msg)
    # What only groups others, by the same name as one of them, has little to tell.
    real = [one for one in found if not one[0].startswith("fleet:")]
    return real or found


def _called(resource: Resource, stack: PlannedStack) -> tuple[str, ...]:
    """What a resource is called where it runs, and a volume in its group's file."""
    properties = stack.properties(resource)
    metadata = properties.get("metadata")
    own = metadata.get("name") if isinstance(metadata, Mapping) else properties.get("name")
    keys = [key for key, volume in stack.deployment.volumes.items() if own in (volume.name, key)]
    return tuple(word for word in (own, *keys) if isinstance(word, str))


def _runs(resource: Resource, name: str, stack: PlannedStack) -> bool:
    """Whether a resource runs the containers of a group, or the one of a name."""
    if not resource[0].startswith(_WORKLOADS):
        return False
    return any(
        name in (container.name, container.group, f"{resource[1]}/{container.key}")
        and _is_of(resource, container, stack)
        for container in stack.deployment.containers
    )


def _is_of(resource: Resource, container: PlannedContainer, stack: PlannedStack) -> bool:
    owner = group_of(resource, stack)
    if resource[0].startswith("docker:"):
        return resource[1] == f"{stack.name}-{container.group}-{container.key}"
    return owner == container.group


def group_of(resource: Resource, stack: PlannedStack) -> str | None:
    """The group whose a resource is by its logical name, `<stack>-<group>-<role>`; the longest that fits."""
    groups: Sequence[str] = [group.name for group in (*stack.deployment.sharing, *stack.deployment.groups)]
    rest = resource[1].removeprefix(f"{stack.name}-")
    fitting = [group for group in groups if rest == group or rest.startswith(f"{group}-")]
    return max(fitting, key=len, default=None)

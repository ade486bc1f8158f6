"""A Google Cloud resource, and the names that the resources share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fleet import labels as vocabulary
from fleet.model import Cloud
from fleet.plan.deployment import Deployment, PlannedGroup

Object = dict[str, Any]


class Part(StrEnum):
    """The component that owns a resource."""

    PLATFORM = "platform"
    """What groups need before they start, or what outlives them."""
    GROUP = "group"
    FRONT_DOOR = "front-door"
    OBSERVABILITY = "observability"


@dataclass(frozen=True, slots=True)
class CloudResource:
    """One resource of the provider. `key` is unique in its stack; `group` owns it, None for a shared resource."""

    key: str
    kind: str
    """Class of the SDK: `cloudrunv2.Service`."""
    args: Mapping[str, Any]
    """Arguments of the class, plain but for Refs."""
    group: str | None = None
    part: Part = Part.PLATFORM
    needs: tuple[str, ...] = ()
    """Keys of the resources it depends on, besides those its Refs name."""
    ignored: tuple[str, ...] = ()
    """Properties changed by others, in the engine's spelling."""
    kept: bool = False
    """Whether it holds data: it is protected, and retained when the stack is destroyed."""
    volume: str | None = None
    """Key of the volume it holds."""


def resource(
    deployment: Deployment, key: str, kind: str, args: Object, *needs: str, api: str = "", **owner: Any
) -> CloudResource:
    """A resource of the project, created once an API is enabled; `owner` holds further fields."""
    needs = (*([api_key(api)] if api else []), *needs)
    return CloudResource(key, kind, {**args, "project": project_of(deployment)}, needs=needs, **owner)


def cloud_of(deployment: Deployment) -> Cloud:
    """The cloud of a deployment. Raises TypeError for any other machine (an internal error)."""
    cloud = deployment.machine.cloud
    if cloud is None:
        msg = f"{deployment.machine.name} is not a cloud"
        raise TypeError(msg)
    return cloud


def project_of(deployment: Deployment) -> str:
    """Id of the project."""
    return deployment.machine.connection.removeprefix("gcp://")


def api_key(name: str) -> str:
    """Key of the resource that enables an API: `api-run` for `run.googleapis.com`."""
    return f"api-{name}"


def account_key(group: str) -> str:
    """Key of a group's service account."""
    return f"{group}-account"


def account_email(group: str, deployment: Deployment) -> str:
    """Address of a group's service account."""
    return f"{cloud_of(deployment).account_id(group)}@{project_of(deployment)}.iam.gserviceaccount.com"


def account_member(group: str, deployment: Deployment) -> str:
    """A group's service account as a member of a role."""
    return f"serviceAccount:{account_email(group, deployment)}"


def service_agent(name: str, cloud: Cloud) -> str:
    """The account with which a Google service acts in the project, as a member of a role."""
    return f"serviceAccount:service-{cloud.project_number}@gcp-sa-{name}.iam.gserviceaccount.com"


def run_key(group: str, region: str) -> str:
    """Key of a group's service, worker pool or job in a region."""
    return f"{group}-{region}"


def is_below_one_cpu(group: PlannedGroup) -> bool:
    """Whether a group's main container has less than one CPU, as stand-ins do.

    Only the first generation of instances allows that, with one request at a time and no CPU between requests.
    """
    return group.containers[0].cpu_cap_millicores < 1000


def bucket_name(volume: str, deployment: Deployment) -> str:
    """Name of a volume's bucket. Bucket names are global, so it includes the project's."""
    return f"{project_of(deployment)}-{volume}"


def labels(group: PlannedGroup) -> dict[str, str]:
    """Labels of what a group owns; Google's allow neither dots nor slashes."""
    return {"fleet-group": group.name, "fleet-system": group.system}


def policy_annotations(group: PlannedGroup) -> dict[str, str]:
    """The group's own labels, and annotations that policies read besides the provider's own fields."""
    found = [vocabulary.as_annotations(container.key, container.labels) for container in group.containers]
    return dict(sorted(item for one in (*own_annotations(group), *found) for item in one.items()))


def own_annotations(group: PlannedGroup) -> list[Mapping[str, str]]:
    """Labels of each container for other programs."""
    return [container.own_labels for container in group.containers]

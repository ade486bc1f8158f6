"""A resource, and the names that all of them share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fleet import labels as vocabulary
from fleet.model import Cloud
from fleet.plan.deployment import Deployment, PlannedGroup

Object = dict[str, Any]

INVOKER = "roles/run.invoker"

_SCHEME = "gcp://"
_ONE_CPU = 1000


class Part(StrEnum):
    """The component that owns a resource."""

    PLATFORM = "platform"
    """What outlives groups, or is needed before them."""
    GROUP = "group"
    FRONT_DOOR = "front-door"
    OBSERVABILITY = "observability"


@dataclass(frozen=True, slots=True)
class CloudResource:
    """One resource of the provider. `key` is unique in its stack; `group` is whose it is, None for what all share."""

    key: str
    kind: str
    """Class of the SDK: `cloudrunv2.Service`."""
    args: Mapping[str, Any]
    """Arguments of the class, plain but for Refs."""
    group: str | None = None
    part: Part = Part.PLATFORM
    needs: tuple[str, ...] = ()
    """Keys of what must be there before it, besides what its Refs name."""
    ignored: tuple[str, ...] = ()
    """Properties that others change, and we leave alone; in the engine's spelling."""
    kept: bool = False
    """Holds data: protected, and left in place when the stack goes."""
    volume: str | None = None
    """Key of the volume it holds."""


def cloud_of(deployment: Deployment) -> Cloud:
    """The cloud of a deployment. Raises TypeError for any other machine: a bug of ours."""
    cloud = deployment.machine.cloud
    if cloud is None:
        msg = f"{deployment.machine.name} is no cloud"
        raise TypeError(msg)
    return cloud


def project_of(deployment: Deployment) -> str:
    """Id of the project."""
    return deployment.machine.connection.removeprefix(_SCHEME)


def api_key(name: str) -> str:
    """Key of the resource that turns an API on: `api-run` for `run.googleapis.com`."""
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
    """Google's own account that acts for one of its services in the project, as a member of a role."""
    return f"serviceAccount:service-{cloud.project_number}@gcp-sa-{name}.iam.gserviceaccount.com"


def run_key(group: str, region: str) -> str:
    """Key of what a group runs as in a region."""
    return f"{group}-{region}"


def is_below_one_cpu(group: PlannedGroup) -> bool:
    """Whether a group's main container has less than a whole CPU, as stand-ins do.

    Only the first generation of instances gives so little: to one request at a time, and none in between.
    """
    return group.containers[0].cpu_cap_millicores < _ONE_CPU


def bucket_name(volume: str, deployment: Deployment) -> str:
    """Name of a volume's bucket: all buckets of the world share their names, so that the project's is part of it."""
    return f"{project_of(deployment)}-{volume}"


def labels(group: PlannedGroup) -> dict[str, str]:
    """Labels of what a group owns; Google's have neither dots nor slashes."""
    return {"fleet-group": group.name, "fleet-system": group.system}


def judged_by(group: PlannedGroup) -> dict[str, str]:
    """What policies judge by beyond the provider's own fields."""
    found = [vocabulary.as_annotations(container.key, container.labels) for container in group.containers]
    return dict(sorted(item for one in found for item in one.items()))

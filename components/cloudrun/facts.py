"""What a machine's component publishes for policies."""

from __future__ import annotations

from components.cloudrun.resources.base import cloud_of, project_of
from fleet.plan.deployment import Deployment
from fleet.plan.facts import common_facts


def facts(deployment: Deployment) -> dict[str, object]:
    cloud = cloud_of(deployment)
    return {
        **common_facts(deployment),
        "project": project_of(deployment),
        "projectNumber": cloud.project_number,
        "regions": list(cloud.regions),
        "frontDoor": cloud.front_door.host if cloud.front_door else "",
        "memoryReserveMib": 0,
        "lanAddress": "",
        "secretVersions": {name: secret.version for name, secret in cloud.secrets.items()},
    }

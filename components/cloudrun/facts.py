"""Outputs of a project's component, for policies and people. Pure."""

from __future__ import annotations

from dataclasses import replace

from components.cloudrun.resources.base import cloud_of, project_of
from fleet.plan.deployment import Deployment
from fleet.plan.facts import common_facts
from fleet.published import Machine


def facts(deployment: Deployment) -> Machine:
    """The outputs of all targets, with the project's own."""
    cloud = cloud_of(deployment)
    return replace(
        common_facts(deployment),
        project=project_of(deployment),
        project_number=cloud.project_number,
        regions=tuple(cloud.regions),
        front_door=cloud.front_door.host if cloud.front_door else "",
        secret_versions={name: secret.version for name, secret in cloud.secrets.items()},
    )

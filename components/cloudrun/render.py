"""Renders a deployment as resources of the Google Cloud provider, in the order of their creation. Pure."""

from __future__ import annotations

from datetime import date

from components.cloudrun.resources.base import CloudResource, project_of
from components.cloudrun.resources.data import grants, volumes
from components.cloudrun.resources.front_door import front_door
from components.cloudrun.resources.observability import observability
from components.cloudrun.resources.platform import accounts, apis, budget, builder, notification_channel, repositories
from components.cloudrun.resources.secrets import readers, secrets
from components.cloudrun.resources.workload import workloads
from fleet.plan.deployment import Deployment


def render_provider(deployment: Deployment) -> dict[str, object]:
    """Arguments of `gcp.Provider`, without a region: each resource has its own."""
    project = project_of(deployment)
    return {
        "project": project,
        # The budget API charges its quota to a project.
        "billing_project": project,
        "user_project_override": True,
        # No plan would show a label that the provider adds.
        "add_pulumi_attribution_label": False,
        "default_labels": {"fleet-stack": deployment.stack},
    }


def render(deployment: Deployment, today: date) -> tuple[CloudResource, ...]:
    """All resources: those that groups share, then each group's in start order, then front door and observability.

    today: the first day of the rotation periods of secrets.

    Raises TypeError for a machine that is not a cloud (an internal error).
    """
    return (
        *apis(deployment),
        *repositories(deployment),
        *accounts(deployment),
        *builder(deployment),
        *secrets(deployment, today),
        *volumes(deployment),
        *notification_channel(deployment),
        *budget(deployment),
        *(
            resource
            for group in deployment.groups
            for resource in (*readers(group, deployment), *grants(group, deployment), *workloads(group, deployment))
        ),
        *front_door(deployment),
        *observability(deployment),
    )

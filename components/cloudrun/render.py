"""Deployment to Cloud Run: every resource of the provider, in an order they can be created. Pure."""

from __future__ import annotations

from datetime import date

from components.cloudrun.resources.base import CloudResource, cloud_of, project_of
from components.cloudrun.resources.data import rights, volumes
from components.cloudrun.resources.front_door import front_door
from components.cloudrun.resources.observability import observability
from components.cloudrun.resources.platform import (
    accounts,
    apis,
    budget,
    builder,
    notification_channel,
    repositories,
)
from components.cloudrun.resources.secrets import readers, secrets
from components.cloudrun.resources.workload import workloads
from fleet.plan.deployment import Deployment


def render_provider(deployment: Deployment) -> dict[str, object]:
    """Arguments of `gcp.Provider`. Every resource names its own region: a project has none."""
    project = project_of(deployment)
    return {
        "project": project,
        # Budgets are asked for in the name of a project, and it is this one that pays.
        "billing_project": project,
        "user_project_override": True,
        # A label that the provider adds by itself would be in no plan.
        "add_pulumi_attribution_label": False,
        "default_labels": {"fleet-stack": deployment.stack},
    }


def render(deployment: Deployment, today: date) -> tuple[CloudResource, ...]:
    """Everything of a deployment: what groups share, then group by group in start order, then what stands before them.

    today: the day from which secrets' owners are reminded.

    Raises TypeError for a machine that is no cloud: a bug of ours.
    """
    cloud_of(deployment)
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
            for resource in (*readers(group, deployment), *rights(group, deployment), *workloads(group, deployment))
        ),
        *front_door(deployment),
        *observability(deployment),
    )

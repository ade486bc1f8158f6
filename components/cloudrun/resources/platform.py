"""What a project needs before its groups: APIs, the images' repository, an account a group, who builds the images."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.cloudrun.resources.base import (
    CloudResource,
    Object,
    account_key,
    account_member,
    api_key,
    cloud_of,
    project_of,
)
from components.listing import Ref
from fleet.model.cloud import Backing, Cloud
from fleet.plan.deployment import Deployment

REPOSITORY = "repository"
BUILDER = "builder"
BUILDER_ACCOUNT = "builder-account"
CHANNEL = "notification-channel"
_KEPT_VERSIONS = 10
_UNTAGGED_AFTER = f"{14 * 24 * 3600}s"
_REGISTRY = re.compile(
    r"^(?P<location>[a-z0-9-]+)-docker\.pkg\.dev/(?P<project>[^/]+)/(?P<repository>[^/]+)/(?P<name>[^:@]+)"
)
_NANOS = 1_000_000_000


def apis(deployment: Deployment) -> Iterator[CloudResource]:
    """The APIs that a deployment uses. Another program of the project may use them too: they stay on."""
    for name in _api_names(deployment):
        args = {
            "service": f"{name}.googleapis.com",
            "project": project_of(deployment),
            "disable_on_destroy": False,
            "disable_dependent_services": False,
        }
        yield CloudResource(api_key(name), "projects.Service", args)


def accounts(deployment: Deployment) -> Iterator[CloudResource]:
    """A service account a group, with no role but those its own resources name."""
    for group in deployment.groups:
        args = {
            "account_id": cloud_of(deployment).account_id(group.name),
            "display_name": f"{group.name} on {deployment.machine.title}",
            "project": project_of(deployment),
        }
        yield CloudResource(account_key(group.name), "serviceaccount.Account", args, group.name, needs=_on("iam"))


def repositories(deployment: Deployment) -> Iterator[CloudResource]:
    """The project's repositories that its images are pulled from; a tag in them never moves."""
    for location, repository in _repositories(deployment):
        args = {
            "repository_id": repository,
            "location": location,
            "project": project_of(deployment),
            "format": "DOCKER",
            "docker_config": {"immutable_tags": True},
            "cleanup_policy_dry_run": False,
            "cleanup_policies": [
                {
                    "id": "delete-untagged",
                    "action": "DELETE",
                    "condition": {"tag_state": "UNTAGGED", "older_than": _UNTAGGED_AFTER},
                },
                {
                    "id": "keep-newest",
                    "action": "KEEP",
                    "most_recent_versions": {"keep_count": _KEPT_VERSIONS},
                },
            ],
        }
        key = f"{REPOSITORY}-{repository}-{location}"
        yield CloudResource(key, "artifactregistry.Repository", args, needs=_on("artifactregistry"))


def builder(deployment: Deployment) -> Iterator[CloudResource]:
    """Builds the images whenever the repository's main branch moves, as an account that may only push them."""
    cloud, project = cloud_of(deployment), project_of(deployment)
    if cloud.build_repository is None:
        return
    owner, _, name = cloud.build_repository.partition("/")
    args = {"account_id": BUILDER, "display_name": "Builds the fleet's images", "project": project}
    yield CloudResource(BUILDER_ACCOUNT, "serviceaccount.Account", args, needs=_on("iam"))
    member = f"serviceAccount:{BUILDER}@{project}.iam.gserviceaccount.com"
    roles = {"push": "roles/artifactregistry.writer", "logs": "roles/logging.logWriter"}
    for key, role in roles.items():
        yield CloudResource(
            f"{BUILDER}-may-{key}",
            "projects.IAMMember",
            {"project": project, "role": role, "member": member},
            needs=(BUILDER_ACCOUNT,),
        )
    trigger = {
        "name": f"{deployment.machine.name}-images",
        "project": project,
        "location": cloud.regions[0],
        "github": {"owner": owner, "name": name, "push": {"branch": "^main$"}},
        **_build(deployment),
        "include_build_logs": "INCLUDE_BUILD_LOGS_WITH_STATUS",
        "service_account": f"projects/{project}/serviceAccounts/{BUILDER}@{project}.iam.gserviceaccount.com",
    }
    needs = (*_on("cloudbuild"), BUILDER_ACCOUNT, *(f"{BUILDER}-may-{key}" for key in roles))
    yield CloudResource(f"{BUILDER}-trigger", "cloudbuild.Trigger", trigger, needs=needs)


def _build(deployment: Deployment) -> Object:
    """Steps for the images that folders of `images/` make, under the commit as their tag; a stack then pins the digest.

    Agents' images hold their owner's code: a repository of such builds them as its own file says.
    """
    ours = {container.image for container in deployment.containers if not container.agents}
    names = sorted({match["name"] for image in ours if (match := _REGISTRY.match(image))})
    (location, repository), *_ = _repositories(deployment) or (("", ""),)
    if not names or not repository:
        return {"filename": "cloudbuild.yaml"}
    registry = f"{location}-docker.pkg.dev/{project_of(deployment)}/{repository}"
    images = [f"{registry}/{name}:$SHORT_SHA" for name in names]
    steps = [
        {"name": "gcr.io/cloud-builders/docker", "args": ["build", "--tag", image, f"images/{name}"]}
        for name, image in zip(names, images, strict=True)
    ]
    # An account of one's own has no bucket for logs.
    return {"build": {"steps": steps, "images": images, "options": {"logging": "CLOUD_LOGGING_ONLY"}}}


def notification_channel(deployment: Deployment) -> Iterator[CloudResource]:
    """Where alerts of the groups and of the budget are sent."""
    cloud = cloud_of(deployment)
    if cloud.observation is None:
        return
    args = {
        "display_name": f"{deployment.machine.title}: owner",
        "type": "email",
        "labels": {"email_address": cloud.observation.email},
        "project": project_of(deployment),
    }
    yield CloudResource(CHANNEL, "monitoring.NotificationChannel", args, needs=_on("monitoring"))


def budget(deployment: Deployment) -> Iterator[CloudResource]:
    """Alerts on what the project costs in a month; they tell, and stop nothing."""
    cloud = cloud_of(deployment)
    if cloud.budget is None or cloud.budget.billing_account is None:
        return
    units, nanos = divmod(round(cloud.budget.monthly_usd * _NANOS), _NANOS)
    args = {
        "billing_account": cloud.budget.billing_account,
        "display_name": f"{deployment.machine.title}: a month",
        # By number: the API gives back numbers, and a name would differ for ever.
        "budget_filter": {"projects": [f"projects/{cloud.project_number}"], "calendar_period": "MONTH"},
        "amount": {
            "specified_amount": {"currency_code": "USD", "units": str(units), **({"nanos": nanos} if nanos else {})}
        },
        "threshold_rules": [{"threshold_percent": percent / 100} for percent in cloud.budget.alert_percents],
    }
    if cloud.observation:
        args["all_updates_rule"] = {
            "monitoring_notification_channels": [Ref(CHANNEL)],
            "disable_default_iam_recipients": False,
        }
    yield CloudResource("budget", "billing.Budget", args, needs=_on("billingbudgets"))


def may(group: str, deployment: Deployment, key: str, role: str) -> CloudResource:
    """A role in the whole project for a group's account: for what has no narrower place to give it at."""
    args = {"project": project_of(deployment), "role": role, "member": account_member(group, deployment)}
    return CloudResource(f"{group}-may-{key}", "projects.IAMMember", args, group, needs=(account_key(group),))


def _api_names(deployment: Deployment) -> Iterator[str]:
    cloud = cloud_of(deployment)
    backings = {backing for service in cloud.services.values() for backing in service.volumes.values()}
    names = {
        "run": True,
        "iam": True,
        "artifactregistry": bool(_repositories(deployment)),
        "secretmanager": bool(cloud.secrets),
        "pubsub": any(secret.rotation_days for secret in cloud.secrets.values()),
        "storage": Backing.BUCKET in backings,
        "sqladmin": Backing.SQL in backings,
        "cloudbuild": cloud.build_repository is not None,
        "compute": cloud.front_door is not None or _has_egress(cloud),
        "monitoring": cloud.observation is not None,
        "logging": cloud.observation is not None,
        "billingbudgets": cloud.budget is not None and cloud.budget.billing_account is not None,
        "binaryauthorization": any(service.attested_images for service in cloud.services.values()),
    }
    return (name for name, used in names.items() if used)


def _has_egress(cloud: Cloud) -> bool:
    return any(service.egress for service in cloud.services.values())


def _repositories(deployment: Deployment) -> tuple[tuple[str, str], ...]:
    """Location and name of this project's repositories that images come from; others' are theirs to make."""
    found = {
        (match["location"], match["repository"])
        for container in deployment.containers
        if (match := _REGISTRY.match(container.image)) and match["project"] == project_of(deployment)
    }
    return tuple(sorted(found))


def repository_keys(deployment: Deployment) -> tuple[str, ...]:
    """Keys of the repositories that services wait for."""
    return tuple(f"{REPOSITORY}-{repository}-{location}" for location, repository in _repositories(deployment))


def _on(api: str) -> tuple[str, ...]:
    return (api_key(api),)

"""What groups need of a project: APIs, image repositories, service accounts, the image builder, and the budget."""

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
    resource,
)
from components.listing import Ref
from fleet.model.cloud import Backing
from fleet.plan.deployment import Deployment

CHANNEL = "notification-channel"
_BUILDER = "builder"
_KEPT_VERSIONS = 10
_UNTAGGED_AFTER = f"{14 * 24 * 3600}s"
_REGISTRY = re.compile(
    r"^(?P<location>[a-z0-9-]+)-docker\.pkg\.dev/(?P<project>[^/]+)/(?P<repository>[^/]+)/(?P<name>[^:@]+)"
)
_NANOS = 1_000_000_000


def apis(deployment: Deployment) -> Iterator[CloudResource]:
    """The APIs that a deployment uses. They stay enabled: the project may use them outside the stack."""
    for name in _api_names(deployment):
        kept = {"disable_on_destroy": False, "disable_dependent_services": False}
        yield resource(deployment, api_key(name), "projects.Service", {"service": f"{name}.googleapis.com", **kept})


def accounts(deployment: Deployment) -> Iterator[CloudResource]:
    """A service account per group; its only roles are on the group's own resources."""
    for group in deployment.groups:
        args = {
            "account_id": cloud_of(deployment).account_id(group.name),
            "display_name": f"{group.name} on {deployment.machine.title}",
        }
        key = account_key(group.name)
        yield resource(deployment, key, "serviceaccount.Account", args, api="iam", group=group.name)


def repositories(deployment: Deployment) -> Iterator[CloudResource]:
    """The project's repositories that images are pulled from, with immutable tags."""
    for location, repository in _repositories(deployment):
        args = {
            "repository_id": repository,
            "location": location,
            "format": "DOCKER",
            "docker_config": {"immutable_tags": True},
            "cleanup_policy_dry_run": False,
            "cleanup_policies": [
                {
                    "id": "delete-untagged",
                    "action": "DELETE",
                    "condition": {"tag_state": "UNTAGGED", "older_than": _UNTAGGED_AFTER},
                },
                {"id": "keep-newest", "action": "KEEP", "most_recent_versions": {"keep_count": _KEPT_VERSIONS}},
            ],
        }
        key = f"repository-{repository}-{location}"
        yield resource(deployment, key, "artifactregistry.Repository", args, api="artifactregistry")


def builder(deployment: Deployment) -> Iterator[CloudResource]:
    """Builds the images on every push to the repository's main branch, with an account that may only push them."""
    cloud, project = cloud_of(deployment), project_of(deployment)
    if cloud.build_repository is None:
        return
    owner, _, name = cloud.build_repository.partition("/")
    args = {"account_id": _BUILDER, "display_name": "Builds the fleet's images"}
    account_of_builder, email = account_key(_BUILDER), f"{_BUILDER}@{project}.iam.gserviceaccount.com"
    yield resource(deployment, account_of_builder, "serviceaccount.Account", args, api="iam")
    roles = {"push": "roles/artifactregistry.writer", "logs": "roles/logging.logWriter"}
    for key, role in roles.items():
        grant = {"role": role, "member": f"serviceAccount:{email}"}
        yield resource(deployment, f"{_BUILDER}-may-{key}", "projects.IAMMember", grant, account_of_builder)
    trigger = {
        "name": f"{deployment.machine.name}-images",
        "location": cloud.regions[0],
        "github": {"owner": owner, "name": name, "push": {"branch": "^main$"}},
        **_build(deployment),
        "include_build_logs": "INCLUDE_BUILD_LOGS_WITH_STATUS",
        "service_account": f"projects/{project}/serviceAccounts/{email}",
    }
    needs = (account_of_builder, *(f"{_BUILDER}-may-{key}" for key in roles))
    yield resource(deployment, f"{_BUILDER}-trigger", "cloudbuild.Trigger", trigger, *needs, api="cloudbuild")


def _build(deployment: Deployment) -> Object:
    """Builds the folders of `images/`, tagged with the commit; a repository with agents' images has its own file."""
    without_agents = {container.image for container in deployment.containers if not container.agents}
    names = sorted({match["name"] for image in without_agents if (match := _REGISTRY.match(image))})
    (location, repository), *_ = _repositories(deployment) or (("", ""),)
    if not names or not repository:
        return {"filename": "cloudbuild.yaml"}
    registry = f"{location}-docker.pkg.dev/{project_of(deployment)}/{repository}"
    images = [f"{registry}/{name}:$SHORT_SHA" for name in names]
    steps = [
        {"name": "gcr.io/cloud-builders/docker", "args": ["build", "--tag", image, f"images/{name}"]}
        for name, image in zip(names, images, strict=True)
    ]
    # A custom service account has no bucket for logs.
    return {"build": {"steps": steps, "images": images, "options": {"logging": "CLOUD_LOGGING_ONLY"}}}


def notification_channel(deployment: Deployment) -> Iterator[CloudResource]:
    """The recipient of the alerts and of the budget's."""
    cloud = cloud_of(deployment)
    if cloud.observation is None:
        return
    args = {
        "display_name": f"{deployment.machine.title}: owner",
        "type": "email",
        "labels": {"email_address": cloud.observation.email},
    }
    yield resource(deployment, CHANNEL, "monitoring.NotificationChannel", args, api="monitoring")


def budget(deployment: Deployment) -> Iterator[CloudResource]:
    """Alerts on the project's monthly cost; they limit nothing."""
    cloud = cloud_of(deployment)
    if cloud.budget is None or cloud.budget.billing_account is None:
        return
    units, nanos = divmod(round(cloud.budget.monthly_usd * _NANOS), _NANOS)
    args = {
        "billing_account": cloud.budget.billing_account,
        "display_name": f"{deployment.machine.title}: a month",
        # The API returns the project's number; with its name, each preview would show a change.
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
    yield CloudResource("budget", "billing.Budget", args, needs=(api_key("billingbudgets"),))


def project_role(group: str, deployment: Deployment, key: str, role: str) -> CloudResource:
    """A role of a group's account on the whole project, for roles that no narrower resource can grant."""
    args = {"role": role, "member": account_member(group, deployment)}
    name = f"{group}-may-{key}"
    return resource(deployment, name, "projects.IAMMember", args, account_key(group), group=group)


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
        "compute": cloud.front_door is not None or any(service.egress for service in cloud.services.values()),
        "monitoring": cloud.observation is not None,
        "logging": cloud.observation is not None,
        "billingbudgets": cloud.budget is not None and cloud.budget.billing_account is not None,
        "binaryauthorization": any(service.attested_images for service in cloud.services.values()),
    }
    return (name for name, used in names.items() if used)


def _repositories(deployment: Deployment) -> tuple[tuple[str, str], ...]:
    """Location and name of the project's own repositories that images are pulled from."""
    found = {
        (match["location"], match["repository"])
        for container in deployment.containers
        if (match := _REGISTRY.match(container.image)) and match["project"] == project_of(deployment)
    }
    return tuple(sorted(found))


def repository_keys(deployment: Deployment) -> tuple[str, ...]:
    """Keys of the repositories that services wait for."""
    return tuple(f"repository-{repository}-{location}" for location, repository in _repositories(deployment))

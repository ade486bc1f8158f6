"""Secrets: a place for each, who may read it, and who is reminded to make a new one. Never a value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from components.cloudrun.resources.base import (
    CloudResource,
    Object,
    account_key,
    account_member,
    api_key,
    cloud_of,
    project_of,
    service_agent,
)
from fleet.model.cloud import CloudSecret
from fleet.plan.deployment import Deployment, PlannedGroup

_ACCESSOR = "roles/secretmanager.secretAccessor"
_PUBLISHER = "roles/pubsub.publisher"
_AGENT = "secretmanager-agent"
_DAY_S = 24 * 3600


def secret_key(name: str) -> str:
    """Key of a secret."""
    return f"secret-{name}"


def reader_key(group: str, name: str) -> str:
    """Key of a group's right to read a secret."""
    return f"{group}-reads-{name}"


def secrets(deployment: Deployment, today: date) -> Iterator[CloudResource]:
    """Every secret of the stack. Its versions are added by its owner: `gcloud secrets versions add`."""
    cloud, project = cloud_of(deployment), project_of(deployment)
    reminded = [name for name, secret in cloud.secrets.items() if secret.rotation_days]
    if reminded:
        yield from _agent(deployment)
    for name, secret in cloud.secrets.items():
        args: Object = {"secret_id": name, "project": project, "replication": {"auto": {}}}
        needs: tuple[str, ...] = (api_key("secretmanager"),)
        ignored: tuple[str, ...] = ()
        if secret.rotation_days:
            yield from _topic(name, deployment)
            needs = (*needs, f"{secret_key(name)}-may-tell")
            args |= _reminder(name, secret, secret.rotation_days, project, today)
            # Secret Manager moves it on at every reminder; what we gave was for the first.
            ignored = ("rotation.nextRotationTime",)
        yield CloudResource(secret_key(name), "secretmanager.Secret", args, needs=needs, ignored=ignored, kept=True)


def readers(group: PlannedGroup, deployment: Deployment) -> Iterator[CloudResource]:
    """A group's right to read the secrets it names, and no other."""
    for name in secret_names(group):
        args = {
            "secret_id": name,
            "project": project_of(deployment),
            "role": _ACCESSOR,
            "member": account_member(group.name, deployment),
        }
        needs = (secret_key(name), account_key(group.name))
        yield CloudResource(
            reader_key(group.name, name), "secretmanager.SecretIamMember", args, group.name, needs=needs
        )


def secret_names(group: PlannedGroup) -> tuple[str, ...]:
    """Secrets of all containers of a group, sorted."""
    return tuple(sorted({name for container in group.containers for name in container.secrets}))


def _reminder(name: str, secret: CloudSecret, days: int, project: str, today: date) -> Object:
    return {
        "topics": [{"name": f"projects/{project}/topics/{_topic_name(name)}"}],
        "rotation": {
            "rotation_period": f"{days * _DAY_S}s",
            "next_rotation_time": f"{(today + timedelta(days=days)).isoformat()}T00:00:00Z",
        },
    }


def _agent(deployment: Deployment) -> Iterator[CloudResource]:
    """Secret Manager's own account in the project, which exists once it is asked for."""
    args = {"project": project_of(deployment), "service": "secretmanager.googleapis.com"}
    yield CloudResource(_AGENT, "projects.ServiceIdentity", args, needs=(api_key("secretmanager"),))


def _topic(name: str, deployment: Deployment) -> Iterator[CloudResource]:
    """Where the reminder is published, by Secret Manager alone."""
    key, project = f"{secret_key(name)}-topic", project_of(deployment)
    topic = {"name": _topic_name(name), "project": project}
    yield CloudResource(key, "pubsub.Topic", topic, needs=(api_key("pubsub"),))
    teller = {
        "topic": _topic_name(name),
        "project": project,
        "role": _PUBLISHER,
        "member": service_agent("secretmanager", cloud_of(deployment)),
    }
    yield CloudResource(f"{secret_key(name)}-may-tell", "pubsub.TopicIAMMember", teller, needs=(key, _AGENT))


def _topic_name(secret: str) -> str:
    return f"rotate-{secret}"

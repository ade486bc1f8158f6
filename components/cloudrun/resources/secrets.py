"""Secrets without values: who may read each, and who is reminded to rotate it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from components.cloudrun.resources.base import (
    CloudResource,
    Object,
    account_key,
    account_member,
    cloud_of,
    project_of,
    resource,
    service_agent,
)
from fleet.plan.deployment import Deployment, PlannedGroup

_AGENT = "secretmanager-agent"


def secret_key(name: str) -> str:
    """Key of a secret."""
    return f"secret-{name}"


def reader_key(group: str, name: str) -> str:
    """Key of a group's right to read a secret."""
    return f"{group}-reads-{name}"


def secrets(deployment: Deployment, today: date) -> Iterator[CloudResource]:
    """Every secret of the stack. Owners add versions with `gcloud secrets versions add`."""
    found = cloud_of(deployment).secrets
    if any(secret.rotation_days for secret in found.values()):
        # Secret Manager's account in the project is created on request.
        service = {"service": "secretmanager.googleapis.com"}
        yield resource(deployment, _AGENT, "projects.ServiceIdentity", service, api="secretmanager")
    for name, secret in found.items():
        key, args, options = secret_key(name), {"secret_id": name, "replication": {"auto": {}}}, {}
        if secret.rotation_days:
            yield from _reminder_topic(name, deployment)
            args |= _rotation(name, secret.rotation_days, deployment, today)
            # Secret Manager advances it at every reminder; the value given here is the first.
            options = {"ignored": ("rotation.nextRotationTime",)}
        needs = (_publisher_key(name),) if secret.rotation_days else ()
        yield resource(deployment, key, "secretmanager.Secret", args, *needs, api="secretmanager", kept=True, **options)


def readers(group: PlannedGroup, deployment: Deployment) -> Iterator[CloudResource]:
    """A group's right to read the secrets it names, and no other."""
    for name in secret_names(group):
        args = {
            "secret_id": name,
            "role": "roles/secretmanager.secretAccessor",
            "member": account_member(group.name, deployment),
        }
        key, needs = reader_key(group.name, name), (secret_key(name), account_key(group.name))
        yield resource(deployment, key, "secretmanager.SecretIamMember", args, *needs, group=group.name)


def secret_names(group: PlannedGroup) -> tuple[str, ...]:
    """Secrets of all containers of a group, sorted."""
    used = ({*container.secrets, *container.secret_env.values()} for container in group.containers)
    return tuple(sorted(set[str]().union(*used)))


def _rotation(name: str, days: int, deployment: Deployment, today: date) -> Object:
    return {
        "topics": [{"name": f"projects/{project_of(deployment)}/topics/{_topic_name(name)}"}],
        "rotation": {
            "rotation_period": f"{days * 24 * 3600}s",
            "next_rotation_time": f"{(today + timedelta(days=days)).isoformat()}T00:00:00Z",
        },
    }


def _reminder_topic(name: str, deployment: Deployment) -> Iterator[CloudResource]:
    key, topic = f"{secret_key(name)}-topic", _topic_name(name)
    yield resource(deployment, key, "pubsub.Topic", {"name": topic}, api="pubsub")
    publisher = {
        "topic": topic,
        "role": "roles/pubsub.publisher",
        "member": service_agent("secretmanager", cloud_of(deployment)),
    }
    yield resource(deployment, _publisher_key(name), "pubsub.TopicIAMMember", publisher, key, _AGENT)


def _publisher_key(secret: str) -> str:
    return f"{secret_key(secret)}-may-tell"


def _topic_name(secret: str) -> str:
    return f"rotate-{secret}"

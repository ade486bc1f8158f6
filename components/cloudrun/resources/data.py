"""Where volumes live: buckets that instances mount, and databases they connect to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from components.cloudrun.resources.base import (
    CloudResource,
    account_email,
    account_key,
    account_member,
    api_key,
    bucket_name,
    cloud_of,
    project_of,
)
from components.cloudrun.resources.platform import may
from fleet.model import Cloud
from fleet.model.cloud import Backing
from fleet.plan.deployment import Deployment, PlannedGroup, PlannedVolume

_DATABASE = "POSTGRES_17"
_TIER = "db-custom-1-3840"
"""One processor and 3.75 GiB: the smallest that Google's service level covers."""
_BACKUPS_KEPT = 14
_LOGS_KEPT_DAYS = 7
_OLD_VERSIONS_DAYS = 30
_PUBLIC_SUFFIX = ".gserviceaccount.com"


def backing_of(volume: PlannedVolume, cloud: Cloud) -> Backing | None:
    """Where a volume's data lives; None for one that lives in an instance's memory."""
    return cloud.service(volume.group).volumes.get(volume.key)


def backed(group: PlannedGroup, deployment: Deployment) -> tuple[tuple[PlannedVolume, Backing], ...]:
    """Volumes a group mounts, its own and others', that live outside its instances."""
    cloud = cloud_of(deployment)
    keys = sorted({mount.volume for container in group.containers for mount in container.mounts})
    found = [(deployment.volumes[key], backing_of(deployment.volumes[key], cloud)) for key in keys]
    return tuple((volume, backing) for volume, backing in found if backing)


def volumes(deployment: Deployment) -> Iterator[CloudResource]:
    """The bucket or the database of every volume that has one. They outlive the groups, and the stack."""
    cloud = cloud_of(deployment)
    for volume in deployment.volumes.values():
        backing = backing_of(volume, cloud)
        if backing is Backing.BUCKET:
            yield _bucket(volume, deployment)
        elif backing is Backing.SQL:
            yield from _database(volume, deployment)


def rights(group: PlannedGroup, deployment: Deployment) -> Iterator[CloudResource]:
    """What lets a group read and write its volumes."""
    databases = [volume for volume, backing in backed(group, deployment) if backing is Backing.SQL]
    for volume, backing in backed(group, deployment):
        if backing is Backing.BUCKET:
            args = {
                "bucket": bucket_name(volume.key, deployment),
                "role": "roles/storage.objectUser",
                "member": account_member(group.name, deployment),
            }
            needs = (volume_key(volume.key), account_key(group.name))
            yield CloudResource(
                right_key(group.name, volume.key), "storage.BucketIAMMember", args, group.name, needs=needs
            )
    if databases:
        yield may(group.name, deployment, "connect", "roles/cloudsql.client")
        yield may(group.name, deployment, "log-in", "roles/cloudsql.instanceUser")
    for volume in databases:
        args = {
            "name": account_email(group.name, deployment).removesuffix(_PUBLIC_SUFFIX),
            "instance": volume.name,
            "project": project_of(deployment),
            # It logs in as itself, with a token: there is no password.
            "type": "CLOUD_IAM_SERVICE_ACCOUNT",
        }
        needs = (volume_key(volume.key), account_key(group.name))
        yield CloudResource(right_key(group.name, volume.key), "sql.User", args, group.name, needs=needs)


def right_keys(group: PlannedGroup, deployment: Deployment) -> tuple[str, ...]:
    """Keys of what `rights` gives."""
    return tuple(resource.key for resource in rights(group, deployment))


def volume_key(volume: str) -> str:
    """Key of a volume's bucket or database."""
    return f"volume-{volume}"


def right_key(group: str, volume: str) -> str:
    """Key of a group's right to a volume."""
    return f"{group}-uses-{volume}"


def connection_name(volume: PlannedVolume, deployment: Deployment) -> str:
    """How a database is called by those that connect to it: `project:region:instance`."""
    return f"{project_of(deployment)}:{cloud_of(deployment).regions[0]}:{volume.name}"


def database_name(volume: PlannedVolume) -> str:
    """The database inside its instance."""
    return volume.key.replace("-", "_")


def database_user(group: PlannedGroup, deployment: Deployment) -> str:
    """A group's user in its databases."""
    return account_email(group.name, deployment).removesuffix(_PUBLIC_SUFFIX)


def _bucket(volume: PlannedVolume, deployment: Deployment) -> CloudResource:
    args = {
        "name": bucket_name(volume.key, deployment),
        "project": project_of(deployment),
        # Upper case, as the API gives it back.
        "location": cloud_of(deployment).regions[0].upper(),
        "storage_class": "STANDARD",
        "uniform_bucket_level_access": True,
        "public_access_prevention": "enforced",
        "versioning": {"enabled": True},
        "lifecycle_rules": [
            {
                "action": {"type": "Delete"},
                "condition": {"days_since_noncurrent_time": _OLD_VERSIONS_DAYS, "with_state": "ARCHIVED"},
            }
        ],
        "force_destroy": False,
        "labels": {"fleet-group": volume.group},
    }
    needs = (api_key("storage"),)
    return CloudResource(
        volume_key(volume.key), "storage.Bucket", args, volume.group, needs=needs, kept=True, volume=volume.key
    )


def _database(volume: PlannedVolume, deployment: Deployment) -> Iterator[CloudResource]:
    project = project_of(deployment)
    args = {
        "name": volume.name,
        "project": project,
        "region": cloud_of(deployment).regions[0],
        "database_version": _DATABASE,
        "deletion_protection": True,
        "settings": {
            "tier": _TIER,
            # Newer versions of the database come as the dearer edition unless told otherwise.
            "edition": "ENTERPRISE",
            "availability_type": "ZONAL",
            "deletion_protection_enabled": True,
            "disk_autoresize": True,
            "connector_enforcement": "REQUIRED",
            "backup_configuration": {
                "enabled": True,
                "point_in_time_recovery_enabled": True,
                "transaction_log_retention_days": _LOGS_KEPT_DAYS,
                "backup_retention_settings": {"retained_backups": _BACKUPS_KEPT, "retention_unit": "COUNT"},
            },
            "ip_configuration": {"ipv4_enabled": True, "ssl_mode": "ENCRYPTED_ONLY"},
            "database_flags": [{"name": "cloudsql.iam_authentication", "value": "on"}],
            "user_labels": {"fleet-group": volume.group},
        },
    }
    key = volume_key(volume.key)
    owner: dict[str, Any] = {"group": volume.group, "volume": volume.key, "kept": True}
    yield CloudResource(key, "sql.DatabaseInstance", args, needs=(api_key("sqladmin"),), **owner)
    inside = {"name": database_name(volume), "instance": volume.name, "project": project}
    yield CloudResource(f"{key}-database", "sql.Database", inside, needs=(key,), **owner)

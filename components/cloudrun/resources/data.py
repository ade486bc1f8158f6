"""Storage of volumes: buckets that instances mount, and databases they connect to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from components.cloudrun.resources.base import (
    CloudResource,
    account_email,
    account_key,
    account_member,
    bucket_name,
    cloud_of,
    project_of,
    resource,
)
from components.cloudrun.resources.platform import project_role
from fleet.model.cloud import Backing
from fleet.plan.deployment import Deployment, PlannedGroup, PlannedVolume

_TIER = "db-custom-1-3840"
"""1 vCPU and 3.75 GiB: the smallest that Cloud SQL's SLA covers."""
_BACKUPS_KEPT = 14
_LOGS_KEPT_DAYS = 7
_OLD_VERSIONS_DAYS = 30


def backed(group: PlannedGroup, deployment: Deployment) -> tuple[tuple[PlannedVolume, Backing], ...]:
    """Volumes that a group mounts, its own and other groups', but those in an instance's memory."""
    keys = sorted({mount.volume for container in group.containers for mount in container.mounts})
    mounted = [deployment.volumes[key] for key in keys]
    return tuple((volume, backing) for volume in mounted if (backing := _backing(volume, deployment)))


def volumes(deployment: Deployment) -> Iterator[CloudResource]:
    """The bucket or database of every volume that has one. They outlive the groups and the stack."""
    for volume in deployment.volumes.values():
        backing = _backing(volume, deployment)
        if backing is Backing.BUCKET:
            yield _bucket(volume, deployment)
        elif backing is Backing.SQL:
            yield from _database(volume, deployment)


def grants(group: PlannedGroup, deployment: Deployment) -> Iterator[CloudResource]:
    """A group's access to its volumes."""
    databases = [volume for volume, backing in backed(group, deployment) if backing is Backing.SQL]
    for volume, backing in backed(group, deployment):
        if backing is Backing.BUCKET:
            bucket = {
                "bucket": bucket_name(volume.key, deployment),
                "role": "roles/storage.objectUser",
                "member": account_member(group.name, deployment),
            }
            needs = (_volume_key(volume), account_key(group.name))
            yield CloudResource(_grant_key(group, volume), "storage.BucketIAMMember", bucket, group.name, needs=needs)
    if databases:
        yield project_role(group.name, deployment, "connect", "roles/cloudsql.client")
        yield project_role(group.name, deployment, "log-in", "roles/cloudsql.instanceUser")
    for volume in databases:
        user = {
            "name": database_user(group, deployment),
            "instance": volume.name,
            # It authenticates with a token: there is no password.
            "type": "CLOUD_IAM_SERVICE_ACCOUNT",
        }
        needs = (_volume_key(volume), account_key(group.name))
        yield resource(deployment, _grant_key(group, volume), "sql.User", user, *needs, group=group.name)


def connection_name(volume: PlannedVolume, deployment: Deployment) -> str:
    """Name under which clients reach a database: `project:region:instance`."""
    return f"{project_of(deployment)}:{cloud_of(deployment).regions[0]}:{volume.name}"


def database_name(volume: PlannedVolume) -> str:
    """The database inside its instance."""
    return volume.key.replace("-", "_")


def database_user(group: PlannedGroup, deployment: Deployment) -> str:
    """A group's user in its databases."""
    return account_email(group.name, deployment).removesuffix(".gserviceaccount.com")


def _backing(volume: PlannedVolume, deployment: Deployment) -> Backing | None:
    return cloud_of(deployment).service(volume.group).volumes.get(volume.key)


def _volume_key(volume: PlannedVolume) -> str:
    return f"volume-{volume.key}"


def _grant_key(group: PlannedGroup, volume: PlannedVolume) -> str:
    return f"{group.name}-uses-{volume.key}"


def _owner(volume: PlannedVolume) -> dict[str, Any]:
    return {"group": volume.group, "volume": volume.key, "kept": True}


def _bucket(volume: PlannedVolume, deployment: Deployment) -> CloudResource:
    args = {
        "name": bucket_name(volume.key, deployment),
        # The API returns it in upper case.
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
    return resource(deployment, _volume_key(volume), "storage.Bucket", args, api="storage", **_owner(volume))


def _database(volume: PlannedVolume, deployment: Deployment) -> Iterator[CloudResource]:
    args = {
        "name": volume.name,
        "region": cloud_of(deployment).regions[0],
        "database_version": "POSTGRES_17",
        "deletion_protection": True,
        "settings": {
            "tier": _TIER,
            # Recent versions default to the more expensive edition.
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
    key, owner = _volume_key(volume), _owner(volume)
    yield resource(deployment, key, "sql.DatabaseInstance", args, api="sqladmin", **owner)
    database = {"name": database_name(volume), "instance": volume.name}
    yield resource(deployment, f"{key}-database", "sql.Database", database, key, **owner)

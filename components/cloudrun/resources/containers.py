"""Containers of an instance: the main one, which receives requests, and its sidecars."""

from __future__ import annotations

from collections.abc import Iterator

from components.cloudrun.resources.base import Object, bucket_name, cloud_of, is_below_one_cpu
from components.cloudrun.resources.data import backed, connection_name, database_name, database_user
from components.cloudrun.resources.probes import liveness_probe, readiness_probe, startup_probe
from components.cloudrun.resources.revisions import Variant
from fleet.model import MAIN
from fleet.model.cloud import Backing, Billing, CloudService, Kind
from fleet.model.mount_points import SECRETS_PATH
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.plan.planned_container import PlannedContainer
from fleet.targets.memory_volumes import memory_volume

GPU = "nvidia.com/gpu"
_SQL_FOLDER = "/cloudsql"
_SQL = "cloudsql"


def main_port(group: PlannedGroup) -> int | None:
    """The port that receives requests: the group's main one, else the first of its main container."""
    ports = [port for port in group.ports if port.container == MAIN and port.protocol == "tcp"]
    return next((port.port for port in sorted(ports, key=lambda port: (port.key != MAIN, port.key))), None)


def containers(
    group: PlannedGroup, deployment: Deployment, service: CloudService, region: str, variant: Variant
) -> list[Object]:
    """All containers of a template. The variant's image is that of the main container."""
    # A container can wait only for one with a startup probe.
    sidecars = [container.key for container in group.containers if container.key != MAIN and container.health.http]
    return [
        {
            "name": container.key,
            "image": variant.image if variant.image and container.key == MAIN else container.image,
            **({"commands": list(container.entrypoint)} if container.entrypoint else {}),
            **({"args": list(container.command)} if container.command else {}),
            **({"working_dir": container.working_dir} if container.working_dir else {}),
            "envs": [
                *_env(container, group, deployment, service, region),
                *_secret_variables(container, deployment, on_trial=variant.on_trial),
            ],
            "resources": _resources(container, group, service),
            **_ports(container, group, service),
            **_probes(container, group, service),
            **({"depends_ons": sidecars} if container.key == MAIN and sidecars else {}),
            **({"volume_mounts": mounts} if (mounts := _mounts(container, group, deployment)) else {}),
        }
        for container in group.containers
    ]


def template_volumes(group: PlannedGroup, deployment: Deployment, *, on_trial: bool = False) -> list[Object]:
    """Volumes of a template: buckets, sockets of databases, memory and secrets; `on_trial`: the candidate's."""
    found = [*_backed_volumes(group, deployment), *_memory_volumes(group, deployment)]
    for name in sorted({name for container in group.containers for name in container.secrets}):
        items = [{"path": name, "version": _version(name, deployment, on_trial=on_trial)}]
        found.append({"name": _secret_volume(name), "secret": {"secret": name, "items": items}})
    return found


def _version(name: str, deployment: Deployment, *, on_trial: bool) -> str:
    # A number, since `latest` is resolved when an instance starts and no revision would record it.
    secret = cloud_of(deployment).secrets[name]
    return str((secret.candidate_version if on_trial else None) or secret.version)


def _secret_variables(container: PlannedContainer, deployment: Deployment, *, on_trial: bool) -> Iterator[Object]:
    for variable, name in container.secret_env.items():
        key = {"secret": name, "version": _version(name, deployment, on_trial=on_trial)}
        yield {"name": variable, "value_source": {"secret_key_ref": key}}


def _backed_volumes(group: PlannedGroup, deployment: Deployment) -> Iterator[Object]:
    run_as = group.containers[0].hardening.user
    databases = []
    for volume, backing in backed(group, deployment):
        if backing is Backing.SQL:
            databases.append(connection_name(volume, deployment))
            continue
        mounting = [mount for c in group.containers for mount in c.mounts if mount.volume == volume.key]
        yield {
            "name": volume.key,
            "gcs": {
                "bucket": bucket_name(volume.key, deployment),
                "read_only": all(mount.read_only for mount in mounting),
                # By default, files belong to root.
                **({"mount_options": [f"uid={run_as.uid}", f"gid={run_as.gid}"]} if run_as else {}),
            },
        }
    if databases:
        yield {"name": _SQL, "cloud_sql_instance": {"instances": databases}}


def _memory_volumes(group: PlannedGroup, deployment: Deployment) -> Iterator[Object]:
    outside = {volume.key for volume, _ in backed(group, deployment)}
    keys = {mount.volume for container in group.containers for mount in container.mounts} - outside
    for key in sorted(keys):
        size = deployment.volumes[key].size_mib
        yield {"name": key, "empty_dir": {"medium": "MEMORY", **({"size_limit": f"{size}Mi"} if size else {})}}
    for container in group.containers:
        for path, size_mib in sorted(container.hardening.tmpfs.items()):
            yield {
                "name": memory_volume(path, container.key),
                "empty_dir": {"medium": "MEMORY", "size_limit": f"{size_mib}Mi"},
            }


def _mounts(container: PlannedContainer, group: PlannedGroup, deployment: Deployment) -> list[Object]:
    sockets = {volume.key for volume, backing in backed(group, deployment) if backing is Backing.SQL}
    found = [
        {"name": mount.volume, "mount_path": mount.path} for mount in container.mounts if mount.volume not in sockets
    ]
    if any(mount.volume in sockets for mount in container.mounts):
        found.append({"name": _SQL, "mount_path": _SQL_FOLDER})
    found += [
        {"name": memory_volume(path, container.key), "mount_path": path} for path in sorted(container.hardening.tmpfs)
    ]
    return found + [
        {"name": _secret_volume(name), "mount_path": _secret_folder(container, name)} for name in container.secrets
    ]


def _env(
    container: PlannedContainer, group: PlannedGroup, deployment: Deployment, service: CloudService, region: str
) -> Iterator[Object]:
    cloud = cloud_of(deployment)
    first, here = (f"-{cloud.project_number}.{name}.run.app" for name in (cloud.regions[0], region))
    values = {**container.env, **_database_env(container, group, deployment), **_secret_env(container)}
    if service.kind is Kind.SERVICE and container.key == MAIN:
        # Set by Cloud Run, which refuses a template that sets it.
        values.pop("PORT", None)
    for name, value in sorted(values.items()):
        # Services call those of their own region.
        yield {"name": name, "value": value.replace(first, here)}


def _secret_env(container: PlannedContainer) -> dict[str, str]:
    """Variables that hold the planned path of a secret -> its path here."""
    elsewhere = {f"{SECRETS_PATH}/{name}": f"{_secret_folder(container, name)}/{name}" for name in container.secrets}
    return {name: elsewhere[value] for name, value in container.env.items() if value in elsewhere}


def _database_env(container: PlannedContainer, group: PlannedGroup, deployment: Deployment) -> dict[str, str]:
    mounted = {mount.volume for mount in container.mounts}
    found: dict[str, str] = {}
    for volume, backing in backed(group, deployment):
        if backing is Backing.SQL and volume.key in mounted:
            prefix = volume.key.replace("-", "_").upper()
            found |= {
                f"{prefix}_SQL_HOST": f"{_SQL_FOLDER}/{connection_name(volume, deployment)}",
                f"{prefix}_SQL_DATABASE": database_name(volume),
                f"{prefix}_SQL_USER": database_user(group, deployment),
            }
    return found


def _resources(container: PlannedContainer, group: PlannedGroup, service: CloudService) -> Object:
    millicores = container.cpu_cap_millicores
    cpu = f"{millicores}m" if millicores % 1000 else str(millicores // 1000)
    limits = {"cpu": cpu, "memory": f"{container.memory_cap_mib}Mi"}
    if container.gpu:
        limits[GPU] = "1"
    if service.kind is not Kind.SERVICE:
        return {"limits": limits}
    # Always set: the provider's default changes with the limits.
    by_request = service.billing is Billing.REQUEST and service.gpu is None
    idle = by_request or is_below_one_cpu(group)
    return {"limits": limits, "cpu_idle": idle, "startup_cpu_boost": True}


def _ports(container: PlannedContainer, group: PlannedGroup, service: CloudService) -> Object:
    port = main_port(group)
    if container.key != MAIN or service.kind is not Kind.SERVICE or port is None:
        return {}
    return {"ports": {"container_port": port, "name": "http1"}}


def _probes(container: PlannedContainer, group: PlannedGroup, service: CloudService) -> Object:
    port = main_port(group) if container.key == MAIN else None
    if container.once:
        return {}
    found = {"startup_probe": startup_probe(container, port)}
    if service.kind is not Kind.JOB:
        found["liveness_probe"] = liveness_probe(container)
    if service.kind is Kind.SERVICE and container.key == MAIN:
        found["readiness_probe"] = readiness_probe(container)
    return {name: probe for name, probe in found.items() if probe}


def _secret_folder(container: PlannedContainer, name: str) -> str:
    # Each secret is a volume, and two volumes cannot share a mount path.
    return SECRETS_PATH if len(container.secrets) == 1 else f"{SECRETS_PATH}/{name}"


def _secret_volume(name: str) -> str:
    return f"secret-{name}"

"""Volumes inside a pod, and the claims of those that outlive it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from components.kubernetes.manifests.base import MANAGED_BY, Manifest, Object, api_object
from fleet import labels as vocabulary
from fleet.model import Cluster
from fleet.model.group import SECRETS_PATH
from fleet.plan.deployment import Deployment, PlannedContainer, PlannedGroup, PlannedVolume
from fleet.plan.kubernetes_namespaces import claimed, is_scratch
from fleet.plan.pod_volumes import in_memory, secrets_volume

SECRET_KEY = "value"  # noqa: S105  (the key inside a Secret, not its value)
BOOK_FOLDER = "/etc/fleet"
BOOK_FILE = f"{BOOK_FOLDER}/address-book.json"
_BOOK = "address-book"
_READABLE_BY_GROUP = 0o440


def volume_claims(deployment: Deployment, cluster: Cluster) -> Iterator[Manifest]:
    """A claim for each volume that outlives its pod; named after the volume."""
    namespaces = {group.name: cluster.namespace_of(group.tenant) for group in deployment.groups}
    for key, volume in deployment.volumes.items():
        if is_scratch(volume):
            continue
        about = {
            "name": key,
            "namespace": namespaces[volume.group],
            "labels": {**MANAGED_BY, vocabulary.GROUP: volume.group},
            "annotations": {vocabulary.as_annotation(vocabulary.VOLUME_WRITERS): _writers(volume)},
        }
        shared = is_shared(volume, deployment.groups)
        spec: Object = {
            "accessModes": ["ReadWriteMany" if shared else "ReadWriteOnce"],
            "resources": {"requests": {"storage": f"{claimed(cluster, volume)}Mi"}},
        }
        if name := _storage_class(volume, cluster, shared=shared):
            spec["storageClassName"] = name
        yield Manifest(f"volume-{key}", volume.group, api_object("v1", "PersistentVolumeClaim", about, spec=spec))


def is_shared(volume: PlannedVolume, groups: Sequence[PlannedGroup]) -> bool:
    """Whether pods on several nodes may mount a volume at once."""
    mounting = [group for group in groups if group.name in volume.mounted_by]
    return len(mounting) > 1 or any(
        group.operation.scaling.max > 1 or group.operation.rollout.has_two_tracks for group in mounting
    )


def pod_volumes(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> list[Object]:
    """Volumes of a pod: claims, scratch, memory, secrets and address books."""
    found: dict[str, Object] = {}
    for container in group.containers:
        for mount in container.mounts:
            volume = deployment.volumes[mount.volume]
            size = f"{volume.size_mib or cluster.volume_size_mib}Mi"
            scratch = {"emptyDir": {"sizeLimit": size}}
            claim = {"persistentVolumeClaim": {"claimName": mount.volume}}
            found[mount.volume] = scratch if is_scratch(volume) else claim
        for name, _, size_mib in in_memory(container):
            found[name] = {"emptyDir": {"medium": "Memory", "sizeLimit": f"{size_mib}Mi"}}
        if container.secrets:
            sources = [
                {"secret": {"name": name, "items": [{"key": SECRET_KEY, "path": name}]}} for name in container.secrets
            ]
            found[secrets_volume(container)] = {"projected": {"defaultMode": _READABLE_BY_GROUP, "sources": sources}}
        if "FLEET_ADDRESS_BOOK" in container.env:
            items = [{"key": f"{container.key}.json", "path": "address-book.json"}]
            found[f"{_BOOK}-{container.key}"] = {"configMap": {"name": group.name, "items": items}}
    return [{"name": name, **source} for name, source in found.items()]


def volume_mounts(container: PlannedContainer, deployment: Deployment) -> list[Object]:
    """Where a container has its volumes."""
    found = [
        {"name": mount.volume, "mountPath": mount.path, **({"readOnly": True} if mount.read_only else {})}
        for mount in container.mounts
        if mount.volume in deployment.volumes
    ]
    found += [{"name": name, "mountPath": path} for name, path, _ in in_memory(container)]
    if container.secrets:
        found.append({"name": secrets_volume(container), "mountPath": SECRETS_PATH, "readOnly": True})
    if "FLEET_ADDRESS_BOOK" in container.env:
        found.append({"name": f"{_BOOK}-{container.key}", "mountPath": BOOK_FOLDER, "readOnly": True})
    return found


def _writers(volume: PlannedVolume) -> str:
    return "one" if volume.single_writer else "many"


def _storage_class(volume: PlannedVolume, cluster: Cluster, *, shared: bool) -> str | None:
    if shared:
        return cluster.shared_storage_class
    return cluster.ssd_storage_class if volume.medium == "ssd" and cluster.ssd_storage_class else cluster.storage_class

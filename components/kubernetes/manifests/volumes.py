"""Volumes of a pod, and the claims of those that outlive it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from components import objects
from components.kubernetes.manifests.base import Manifest
from components.kubernetes.manifests.files import file_mounts, file_volumes
from components.objects import MANAGED_BY, Object
from fleet import labels as vocabulary
from fleet.model import Cluster
from fleet.model.mount_points import ADDRESS_BOOK_PATH
from fleet.plan.deployment import Deployment, PlannedGroup, PlannedVolume
from fleet.plan.kubernetes_namespaces import claimed, is_scratch
from fleet.plan.planned_container import PlannedContainer

BOOK = "FLEET_ADDRESS_BOOK"
"""Variable with a container's address book; in a pod, `BOOK_FILE` holds it instead."""
BOOK_FILE = f"{ADDRESS_BOOK_PATH}/address-book.json"
_READABLE_BY_GROUP = 0o440


def volume_claims(deployment: Deployment, cluster: Cluster) -> Iterator[Manifest]:
    """A claim for each volume that outlives its pod, under the volume's name."""
    namespaces = {group.name: cluster.namespace_of(group.tenant) for group in deployment.groups}
    for key, volume in deployment.volumes.items():
        if is_scratch(volume):
            continue
        about = {
            "name": key,
            "namespace": namespaces[volume.group],
            "labels": {**MANAGED_BY, vocabulary.GROUP: volume.group},
            "annotations": {
                vocabulary.as_annotation(vocabulary.VOLUME_WRITERS): "one" if volume.single_writer else "many"
            },
        }
        shared = is_shared(volume, deployment.groups)
        spec: Object = {
            "accessModes": ["ReadWriteMany" if shared else "ReadWriteOnce"],
            "resources": {"requests": {"storage": f"{claimed(cluster, volume)}Mi"}},
        }
        if name := _storage_class(volume, cluster, shared=shared):
            spec["storageClassName"] = name
        claim = objects.api_object("v1", "PersistentVolumeClaim", about, spec=spec)
        yield Manifest(f"volume-{key}", volume.group, claim)


def is_shared(volume: PlannedVolume, groups: Sequence[PlannedGroup]) -> bool:
    """Whether pods on several nodes may mount a volume at the same time."""
    mounting = [group for group in groups if group.name in volume.mounted_by]
    return len(mounting) > 1 or any(
        group.operation.scaling.max > 1 or group.operation.rollout.has_two_tracks for group in mounting
    )


def pod_volumes(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> list[Object]:
    """Volumes of a pod: claims, scratch, memory, secrets, address books and files."""
    sources: dict[str, Object] = {}
    for container in group.containers:
        for mount in container.mounts:
            volume = deployment.volumes[mount.volume]
            if is_scratch(volume):
                size_mib = volume.size_mib or cluster.volume_size_mib
                sources[mount.volume] = {"emptyDir": {"sizeLimit": f"{size_mib}Mi"}}
            else:
                sources[mount.volume] = {"persistentVolumeClaim": {"claimName": mount.volume}}
        sources |= objects.memory_and_secret_volumes(container, _READABLE_BY_GROUP)
        if BOOK in container.env:
            items = [{"key": f"{container.key}.json", "path": "address-book.json"}]
            sources[_book_volume(container)] = {"configMap": {"name": group.name, "items": items}}
    sources |= file_volumes(group)
    return [{"name": name, **source} for name, source in sources.items()]


def volume_mounts(container: PlannedContainer, deployment: Deployment) -> list[Object]:
    """Mounts of a container."""
    mounts = [
        objects.volume_mount(mount.volume, mount.path, read_only=mount.read_only)
        for mount in container.mounts
        if mount.volume in deployment.volumes
    ]
    mounts += objects.memory_and_secret_mounts(container)
    if BOOK in container.env:
        mounts.append(objects.volume_mount(_book_volume(container), ADDRESS_BOOK_PATH, read_only=True))
    return [*mounts, *file_mounts(container)]


def _book_volume(container: PlannedContainer) -> str:
    return f"address-book-{container.key}"


def _storage_class(volume: PlannedVolume, cluster: Cluster, *, shared: bool) -> str | None:
    if shared:
        return cluster.shared_storage_class
    return cluster.ssd_storage_class if volume.medium == "ssd" and cluster.ssd_storage_class else cluster.storage_class

"""Volumes that a container has in a pod besides those its group names, on a cluster and with Knative alike."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.plan.deployment import PlannedContainer
from fleet.plan.mps import SHARED_MEMORY


def in_memory(container: PlannedContainer) -> Iterator[tuple[str, str, int]]:
    """Folders in memory as (volume, path, MiB): the writable ones of a read-only root, and /dev/shm."""
    yield f"shm-{container.key}", SHARED_MEMORY, container.shared_memory_mib
    for path, size in sorted(container.hardening.tmpfs.items()):
        yield f"{path.strip('/').replace('/', '-').replace('.', '').lower()}-{container.key}", path, size


def secrets_volume(container: PlannedContainer) -> str:
    """Name of the volume that holds its secrets."""
    return f"secrets-{container.key}"

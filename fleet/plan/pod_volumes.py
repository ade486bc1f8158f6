"""Volumes that each container of a pod has in addition to its group's, for Kubernetes and Knative."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.plan.deployment import PlannedContainer
from fleet.plan.mps import SHARED_MEMORY
from fleet.targets.memory_volumes import memory_volume


def in_memory(container: PlannedContainer) -> Iterator[tuple[str, str, int]]:
    """(volume, path, MiB) of /dev/shm and the writable folders of a read-only root."""
    yield f"shm-{container.key}", SHARED_MEMORY, container.shared_memory_mib
    for path, size in sorted(container.hardening.tmpfs.items()):
        yield memory_volume(path, container.key), path, size


def secrets_volume(container: PlannedContainer) -> str:
    return f"secrets-{container.key}"

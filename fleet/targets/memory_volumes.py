"""Names of a pod's volumes in memory, for Kubernetes and Knative."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fleet.model import ContainerGroup, Stack
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.source.redaction import shown

_LABEL = re.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def memory_volume(path: str, key: str) -> str:
    """Name of the volume of a writable folder of a container."""
    return f"{path.strip('/').replace('/', '-').replace('.', '').lower()}-{key}"


def memory_volume_faults(group: ContainerGroup, stack: Stack, sources: Sources) -> Iterator[Fault]:
    """Faults of folders in memory whose volume has no valid name, or that of another."""
    owners = {f"{kind}-{key}": kind for key in group.containers for kind in ("shm", "secrets")}
    owners |= {volume: f"volume {volume}" for container in group.containers.values() for volume in container.mounts}
    pods_own = {f"{kind}-{key}" for key in group.containers for kind in ("address-book", "shm", "secrets")}
    for key, container in group.containers.items():
        for volume in container.mounts:
            if volume in pods_own:
                problem = f"{volume} is a volume of the pod's own on {stack.name}"
                yield sources.group_fault(group.name, ("containers", key, "mounts", volume), problem, "rename it")
        for folder in container.hardening.tmpfs:
            name, path = memory_volume(folder, key), ("containers", key, "hardening", "tmpfs", folder)
            if not _LABEL.fullmatch(name):
                problem = f"its volume on {stack.name} would be called {shown(name)}, which is no DNS label"
                yield sources.group_fault(group.name, path, problem, "use a short path of letters, digits and /")
            elif (other := owners.setdefault(name, folder)) != folder:
                problem = f"its volume on {stack.name} would be called {name}, like that of {other}"
                yield sources.group_fault(group.name, path, problem, "use another path")

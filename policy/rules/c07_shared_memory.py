"""C07: programs that use shared memory have more of it than the default.

PyTorch's data loaders and Ray's workers exchange data through /dev/shm, which has 64 MiB by default. Nothing registered
shows which programs do so: GPU containers are assumed to, and so are libraries that a group's file names. B03 covers
containers in the host's IPC namespace.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet import labels
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, INIT, KUBERNETES, SHARED_MEMORY, TMPFS, ContainerView

_DEFAULT_MIB = 64


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    who = _who(container)
    if not who or container.host_ipc or container.role == INIT:
        return
    size, least = container.shared_memory_mib, settings["at_least_mib"]
    mounted = [mount.kind for mount in container.mounts if mount.target.rstrip("/") == SHARED_MEMORY]
    if size is None and mounted:
        if container.target == KUBERNETES and TMPFS not in mounted:
            problem = f"mounts holds {SHARED_MEMORY}, which is on disk and not in memory, and {who} shares data there"
            yield Finding("mounts", problem)
        return
    if (size or _DEFAULT_MIB) < least:
        have = f"{size} MiB" if size else f"not set, so it defaults to {_DEFAULT_MIB} MiB"
        problem = f"shared_memory_mib is {have}, and {who} shares data there: data loaders crash with a bus error"
        yield Finding("shared_memory_mib", problem)


def _who(container: ContainerView) -> str:
    """What uses shared memory in a container; empty if nothing is known to."""
    if libraries := container.labels.get(labels.SHARED_MEMORY_FOR):
        return libraries.replace(",", ", ")
    if container.labels.get(labels.GPU_ROLE):
        return ""
    return "what runs on its GPU" if container.gpu or labels.GPU_LIMIT_MIB in container.labels else ""


RULE = ContainerRule(
    id="C07",
    name="shared-memory",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="Programs that use shared memory have more than the default of 64 MiB.",
    remedy="set containers.<name>.shared_memory, for example to 1GiB",
    elsewhere="set its shm size, for example to 1024 MiB",
    on_cluster=f"mount an emptyDir with medium Memory and, for example, 1Gi at {SHARED_MEMORY}",
    defaults={"at_least_mib": 128},
    targets=(DOCKER, KUBERNETES),
    reads=("shared_memory_mib", "mounts", "gpu", "host_ipc", "labels"),
    check=_check,
)

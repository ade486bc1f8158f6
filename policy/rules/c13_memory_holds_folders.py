"""C13: what a container may keep in memory fits its memory limit.

The kernel charges files in tmpfs and /dev/shm to the container that writes them: folders larger than the limit end in a
killed program instead of a full disk. A volume of the kernel's own size is not known here.
"""

from __future__ import annotations

from fleet.text import addends, thousands
from policy.core.checks import on_field
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import DOCKER, INIT, SHARED_MEMORY, ContainerView

_DEFAULT_SHARED_MIB = 64


def _problem(container: ContainerView, settings: Settings) -> str | None:
    limit = container.memory_limit_mib
    if not limit or container.role == INIT:
        return None
    folders = [(m.target, m.memory_mib) for m in container.mounts if m.memory_mib and not _is_shared(m.target)]
    if shared := _shared_mib(container):
        folders.append((SHARED_MEMORY, shared))
    total = sum(mib for _, mib in folders)
    if total <= limit:
        return None
    sums = f"{addends(folders)} = {thousands(total)} MiB" if len(folders) > 1 else f"{addends(folders)} MiB"
    return f"memory_limit_mib is {thousands(limit)}, less than its folders in memory may take: {sums}"


def _shared_mib(container: ContainerView) -> int:
    if container.host_ipc:
        return 0
    if container.shared_memory_mib is not None:
        return container.shared_memory_mib
    mounted = any(_is_shared(mount.target) for mount in container.mounts)
    return _DEFAULT_SHARED_MIB if container.target == DOCKER and not mounted else 0


def _is_shared(path: str) -> bool:
    return path.rstrip("/") == SHARED_MEMORY


RULE = ContainerRule(
    id="C13",
    name="memory-holds-folders",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="The folders in memory of a container and its /dev/shm fit its memory limit together.",
    remedy="lower sizes under containers.<name>.hardening.tmpfs or shared_memory, or raise memory.limit",
    elsewhere="lower the size of a tmpfs or of its shm, or raise its memory",
    on_cluster="lower sizeLimit of an emptyDir with medium Memory, or raise resources.limits.memory",
    **on_field("memory_limit_mib", _problem, "mounts", "shared_memory_mib", "host_ipc"),
)

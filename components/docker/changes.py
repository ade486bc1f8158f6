"""What a change of a Docker resource's field does: the provider's own table, and what we add to it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

REPLACE_ON = ("tmpfs", "init", "healthcheck", "mounts", "cpuPeriod", "cpuQuota")
"""Fields of a container whose change the provider reports as updated without applying it (docs/gotchas.md)."""

_IN_PLACE = frozenset(
    {
        # What the daemon changes of a container that runs.
        "restart",
        "maxRetryCount",
        "memory",
        "memoryReservation",
        "memorySwap",
        "cpuShares",
        "cpuSet",
        "deviceReadBps",
        "deviceReadIops",
        "deviceWriteBps",
        "deviceWriteIops",
        # What only the provider itself reads, at the next start or stop.
        "mustRun",
        "wait",
        "waitTimeout",
        "attach",
        "logs",
        "start",
        "rm",
        "removeVolumes",
        "destroyGraceSeconds",
        "containerReadRefreshTimeoutMilliseconds",
    }
)
_IMAGE_IN_PLACE = frozenset({"build", "buildOnPreview", "imageName", "skipPush", "registry"})
_NEVER_REPLACED = {
    "docker:index/container:Container": _IN_PLACE,
    "docker:index/image:Image": _IMAGE_IN_PLACE,
}


def replacing(type_: str, fields: Iterable[str]) -> tuple[str, ...]:
    """Those of the changed fields (camelCase, of the first level) that replace a resource; none means an update.

    Every field of a network or volume replaces it. Compared with the engine's previews in
    `tests/engine/test_diff.py`.
    """
    if not type_.startswith("docker:"):
        return ()
    in_place = _NEVER_REPLACED.get(type_, frozenset())
    return tuple(field for field in fields if field not in in_place)

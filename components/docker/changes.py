"""Which changes replace a Docker resource: as the provider decides, and as we force. Pure."""

from __future__ import annotations

from collections.abc import Iterable

REPLACE_ON = ("tmpfs", "init", "healthcheck", "mounts", "cpuPeriod", "cpuQuota")
"""Fields of a container that the provider reports as updated without applying the change (docs/gotchas.md)."""

KEPT_WHEN_OMITTED = ("command", "entrypoints", "securityOpts", "shmSize", "workingDir")
"""Fields of a container that the provider leaves as they are once they are no longer set (docs/gotchas.md)."""

_CONTAINER_UPDATES = frozenset(
    {
        # Updated by the daemon in a running container.
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
        # Read by the provider alone, at the next start or stop.
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
_UPDATES = {
    "docker:index/container:Container": _CONTAINER_UPDATES,
    "docker:index/image:Image": frozenset({"build", "buildOnPreview", "imageName", "skipPush", "registry"}),
}
"""Type -> fields updated in place; every field of a network or volume replaces it."""


def replacing(type_: str, fields: Iterable[str]) -> tuple[str, ...]:
    """The changed top-level fields (camelCase) that replace a resource; none means an update.

    Compared with the engine's previews in `tests/engine/test_diff.py`.
    """
    if not type_.startswith("docker:"):
        return ()
    return tuple(field for field in fields if field not in _UPDATES.get(type_, ()))

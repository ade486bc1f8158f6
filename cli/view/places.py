"""Where a policy result points: the line of the group's file that decides the field."""

from __future__ import annotations

from cli.offline.program import Run
from policy.judge import Verdict

_HARDENING = "hardening"
_PATHS: dict[str, tuple[str, ...]] = {
    "user": (_HARDENING, "run_as"),
    "capabilities_added": (_HARDENING, "capabilities"),
    "capabilities_dropped": (_HARDENING, "capabilities"),
    "read_only_root": (_HARDENING, "read_only_root"),
    "no_new_privileges": (_HARDENING, "no_new_privileges"),
    "seccomp": (_HARDENING, "seccomp"),
    "host_ipc": (_HARDENING, "host_ipc"),
    "memory_limit_mib": ("memory",),
    "cpu_limit": ("cpu",),
    "image": ("image",),
    "env": ("env",),
    "mounts": ("mounts",),
    "devices": ("devices",),
    "health_check": ("health",),
    "restart": ("restart",),
    "gpu": ("gpu",),
}
"""Field of a container view -> path inside a container of a group's file."""


def place_of(verdict: Verdict, run: Run) -> str | None:
    """`file:line` of what a verdict is about; None for a resource that no group file describes."""
    for container in run.deployment.containers:
        if verdict.resource == f"{run.deployment.stack}-{container.group}-{container.key}":
            path = ("containers", container.key, *_PATHS.get(verdict.field, ()))
            return run.project.sources.place_of_group(container.group, path)
    return None

"""Where a policy result points: the line of the group's file that decides the field."""

from __future__ import annotations

from cli.offline.program import Run
from fleet.model import Track
from fleet.plan.deployment import PlannedContainer
from policy.judge import Verdict

_HARDENING = "hardening"
_TRACKS = ("", *(f"-{track}" for track in Track))
_PATHS: dict[str, tuple[str, ...]] = {
    "user": (_HARDENING, "run_as"),
    "capabilities_added": (_HARDENING, "capabilities"),
    "capabilities_dropped": (_HARDENING, "capabilities"),
    "read_only_root": (_HARDENING, "read_only_root"),
    "no_new_privileges": (_HARDENING, "no_new_privileges"),
    "seccomp": (_HARDENING, "seccomp"),
    "host_ipc": (_HARDENING, "host_ipc"),
    "open_files_limit": (_HARDENING, "open_files"),
    "shared_memory_mib": ("shared_memory",),
    "memory_limit_mib": ("memory",),
    "memory_request_mib": ("memory",),
    "cpu_limit": ("cpu",),
    "cpu_request": ("cpu",),
    "image": ("image",),
    "env": ("env",),
    "mounts": ("mounts",),
    "devices": ("devices",),
    "health_check": ("health",),
    "probes": ("health",),
    "stop_grace_s": ("stop_grace",),
    "non_root": (_HARDENING, "run_as"),
    "restart": ("restart",),
    "gpu": ("gpu",),
    "gpu_ids": ("gpu",),
    "gpu_runtime": ("gpu",),
    "args": ("command",),
}
"""Field of a container view -> path inside a container of a group's file."""


def place_of(verdict: Verdict, run: Run) -> str | None:
    """`file:line` of what a verdict is about; None for a resource that no group file describes."""
    container = container_of(verdict.resource, run)
    if container is None:
        return None
    return run.project.sources.place_of_group(container.group, path_of(container.key, verdict.field))


def path_of(key: str, field: str) -> tuple[str, ...]:
    """Path in a group's file of what decides a field; the container's own where no single key does."""
    return ("containers", key, *_PATHS.get(field, ()))


def container_of(resource: str, run: Run) -> PlannedContainer | None:
    """The planned container that a container's view, by its logical name, is of; None for one of no group."""
    cloud = run.deployment.machine.cloud
    for container in run.deployment.containers:
        group = f"{run.deployment.stack}-{container.group}"
        pods = (f"{group}{track}-pods/{container.key}" for track in _TRACKS)
        services = (f"{group}-{region}/{container.key}" for region in (cloud.regions if cloud else ()))
        if resource in (f"{group}-{container.key}", *pods, *services):
            return container
    return None

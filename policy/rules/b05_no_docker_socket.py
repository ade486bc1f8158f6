"""B05: no socket of a container engine is mounted."""

from __future__ import annotations

from posixpath import basename, normpath

from policy.core.checks import on_entries, on_field
from policy.core.rule import ContainerRule, Level, ResourceCheck, Settings, Severity
from policy.views.container import BIND, DOCKER, KUBERNETES, Mount
from policy.views.stack import VolumeView

_SOCKETS = frozenset(
    {"docker.sock", "dockerd.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock", "podman.sock", "buildkitd.sock"}
)
_WHY = "access to it allows starting containers as root"


def _problem(mount: Mount, settings: Settings) -> str | None:
    return f'mounts holds "{mount.source}"; {_WHY}' if mount.kind == BIND and _is_socket(mount.source) else None


def _volume_problem(volume: VolumeView, settings: Settings) -> str | None:
    return f'device is "{volume.device}" of the host; {_WHY}' if _is_socket(volume.device) else None


def _is_socket(path: str) -> bool:
    return basename(normpath(path)) in _SOCKETS


RULE = ContainerRule(
    id="B05",
    name="no-docker-socket",
    level=Level.MANDATORY,
    severity=Severity.CRITICAL,
    summary="No container mounts the socket of Docker, containerd, CRI-O or Podman, not even read-only.",
    remedy="remove the mount; read a container's own metrics from its cgroup",
    sources=(
        "CKV_K8S_27", "KSV-0006", "CIS Docker 5.32", "Kyverno disallow-cri-sock-mount", "KICS Docker Socket Mounted",
    ),
    targets=(DOCKER, KUBERNETES),
    **on_entries("mounts", _problem),
    resources=(ResourceCheck(of="volumes", **on_field("device", _volume_problem)),),
)  # fmt: skip

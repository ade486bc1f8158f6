"""B05: no socket of a container engine is mounted."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename, normpath

from policy.core.rule import ContainerRule, Finding, Level, ResourceCheck, Settings, Severity
from policy.views.container import BIND, DOCKER, KUBERNETES, ContainerView
from policy.views.stack import VolumeView

_SOCKETS = frozenset(
    {"docker.sock", "dockerd.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock", "podman.sock", "buildkitd.sock"}
)
_WHY = "access to it allows starting containers as root"


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    for mount in container.mounts:
        if mount.kind == BIND and _is_socket(mount.source):
            yield Finding("mounts", f'mounts holds "{mount.source}"; {_WHY}')


def _check_volume(volume: VolumeView, settings: Settings) -> Iterator[Finding]:
    if _is_socket(volume.device):
        yield Finding("device", f'device is "{volume.device}" of the host; {_WHY}')


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
        "CKV_K8S_27",
        "KSV-0006",
        "CIS Docker 5.32",
        "Kyverno disallow-cri-sock-mount",
        "KICS Docker Socket Mounted",
    ),
    targets=(DOCKER, KUBERNETES),
    reads=("mounts",),
    each=("mounts",),
    check=_check,
    resources=(ResourceCheck(of="volumes", reads=("device",), check=_check_volume),),
)

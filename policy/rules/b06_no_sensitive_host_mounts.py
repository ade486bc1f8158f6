"""B06: no folder that runs or describes the host is mounted."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import normpath

from policy.core.rule import ContainerRule, Finding, Level, ResourceCheck, Settings, Severity
from policy.views.container import BIND, DOCKER, KUBERNETES, ContainerView
from policy.views.stack import VolumeView

_WHY = "which runs or describes the host; what is written or read there reaches beyond the container"


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    for mount in container.mounts:
        if mount.kind == BIND and (folder := _sensitive(mount.source, settings)):
            problem = f'mounts holds "{mount.source}" of the host ({folder}), {_WHY}'
            yield Finding(container.subject, "mounts", problem)


def _check_volume(volume: VolumeView, settings: Settings) -> Iterator[Finding]:
    if folder := _sensitive(volume.device, settings):
        yield Finding(volume.subject, "device", f'it is "{volume.device}" of the host ({folder}), {_WHY}')


def _sensitive(source: str, settings: Settings) -> str | None:
    """The sensitive folder that a path is, lies in, or holds: /var holds /var/run."""
    if not source.startswith("/"):
        return None
    # Two leading slashes mean one; normpath keeps them.
    path = "/" + normpath(source).lstrip("/")
    if path in settings["allowed"]:
        return None
    if path == "/":
        return "the whole of it"
    for folder in settings["folders"]:
        if path == folder or path.startswith(f"{folder}/") or folder.startswith(f"{path}/"):
            return str(folder)
    return None


RULE = ContainerRule(
    id="B06",
    name="no-sensitive-host-mounts",
    level=Level.MANDATORY,
    severity=Severity.CRITICAL,
    summary="No container gets a folder that runs or describes the host, directly or as a volume.",
    remedy="keep data in a volume, or in a folder of its own such as /data/<name>, under machine.binds",
    elsewhere="mount a volume, or a folder of its own such as /data/models",
    on_cluster="mount a claim, or an emptyDir for what need not stay",
    sources=(
        "CIS Docker 5.6", "KSV-0023", "KSV-0121", "PSS hostPathVolumes", "KubeLinter sensitive-host-mounts", "DS-0030",
    ),
    defaults={
        "folders": (
            "/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr", "/var/run",
            # The same places under their other names, and where engines keep what they run.
            "/bin", "/sbin", "/lib64", "/run", "/root", "/var/lib/docker", "/var/lib/containerd", "/var/lib/kubelet",
        ),
        "allowed": (),
    },
    targets=(DOCKER, KUBERNETES),
    reads=("mounts",),
    each=("mounts",),
    check=_check,
    resources=(ResourceCheck(of="volumes", reads=("device",), check=_check_volume),),
)  # fmt: skip

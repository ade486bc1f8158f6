"""B06: no system directory of the host is mounted."""

from __future__ import annotations

from fnmatch import fnmatchcase
from posixpath import normpath

from policy.core.checks import on_entries, on_field
from policy.core.rule import ContainerRule, Level, ResourceCheck, Settings, Severity
from policy.views.container import BIND, DOCKER, KUBERNETES, Mount
from policy.views.stack import VolumeView

_SYSTEM = "a system directory; access to it reaches beyond the container"
_OWNED = "with keys and sockets of their owners"


def _problem(mount: Mount, settings: Settings) -> str | None:
    why = _sensitive(mount.source, settings) if mount.kind == BIND else None
    return f'mounts holds "{mount.source}" of the host {why}' if why else None


def _volume_problem(volume: VolumeView, settings: Settings) -> str | None:
    why = _sensitive(volume.device, settings)
    return f'device is "{volume.device}" of the host {why}' if why else None


def _sensitive(source: str, settings: Settings) -> str | None:
    """Why a path is sensitive: it is, is in, or contains a system directory, as /var contains /var/run, or has keys."""
    if not source.startswith("/"):
        return None
    # normpath keeps two leading slashes.
    path = "/" + normpath(source).lstrip("/")
    if path in settings["allowed"]:
        return None
    if path == "/":
        return f"(its root), {_SYSTEM}"
    for folder in settings["folders"]:
        if path == folder or path.startswith(f"{folder}/") or folder.startswith(f"{path}/"):
            return f"({folder}), {_SYSTEM}"
    parts = path.split("/")[1:]
    if any(_is_like(parts, pattern.split("/")[1:]) for pattern in settings["whole"]):
        return f"(a whole home, or the folder of several), {_OWNED}"
    key_folder = next((part for part in parts if part in settings["keys"]), None)
    return f"({key_folder}), which holds keys" if key_folder else None


def _is_like(parts: list[str], pattern: list[str]) -> bool:
    return len(parts) == len(pattern) and all(map(fnmatchcase, parts, pattern))


RULE = ContainerRule(
    id="B06",
    name="no-sensitive-host-mounts",
    level=Level.MANDATORY,
    severity=Severity.CRITICAL,
    summary="No container mounts a system directory, a whole home or a folder of keys of the host.",
    remedy="keep data in a volume, or in a dedicated directory such as /data/<name> under machine.binds",
    elsewhere="mount a volume, or a dedicated directory such as /data/models",
    on_cluster="mount a claim, or an emptyDir for temporary data",
    sources=(
        "CIS Docker 5.6", "KSV-0023", "KSV-0121", "PSS hostPathVolumes", "KubeLinter sensitive-host-mounts", "DS-0030",
    ),
    defaults={
        "folders": (
            "/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr", "/var/run",
            # Their other names, and the data directories of container engines.
            "/bin", "/sbin", "/lib64", "/run", "/root", "/var/lib/docker", "/var/lib/containerd", "/var/lib/kubelet",
        ),
        # Folders inside them are fine: homes hold keys and settings of their owners, /tmp their sockets.
        "whole": ("/home", "/home/*", "/tmp"),  # noqa: S108  (a folder of the host that is refused)
        "keys": (".ssh", ".gnupg", ".docker", ".kube", ".aws", ".azure", ".pulumi"),
        "allowed": (),
    },
    targets=(DOCKER, KUBERNETES),
    **on_entries("mounts", _problem),
    resources=(ResourceCheck(of="volumes", **on_field("device", _volume_problem)),),
)  # fmt: skip

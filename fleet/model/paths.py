"""Paths of hosts and containers, in the one form in which equal paths are equal texts."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from fleet.model.base import Form
from fleet.source.redaction import shown

PATH_PATTERN = r"^/[^:]*$"
"""Docker separates source, target and options of a mount by colons."""

SYSTEM_TREES = ("/proc", "/sys", "/dev")
"""File systems of the kernel: runc refuses mounts inside /proc, and the others hold the container's own devices."""

_OF_THE_HOST = (*("/run", "/var/run", "/boot", "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"), "/var/lib/docker")
"""Trees of the host's system: lost at its next start, or replaced by its updates."""

_OF_MANY = frozenset({"/etc", "/home", "/root", "/srv", "/opt", "/var", "/mnt", "/media", "/tmp"})  # noqa: S108
"""Folders of a host that hold those of several owners."""

SHARED_MEMORY = "/dev/shm"  # noqa: S108  (a mount point in the container)
"""Refused by the container, which has a field for it."""

SYSTEM_FOLDERS = frozenset(
    {
        *("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/boot", "/opt/venv"),
        *("/usr", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64"),
        *("/usr/local", "/usr/local/bin", "/usr/local/lib"),
    }
)
"""A mount there hides the programs and libraries of the image; folders inside some of them are fine."""

SYSTEM_FILES = ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf")
"""Docker and the kubelet mount these themselves."""

_IMAGE_FILES = ("/etc/group", "/etc/passwd", "/etc/shadow")


def within(path: str, folder: str) -> bool:
    """Whether a path is a folder or inside it; both normal."""
    return path == folder or folder == "/" or path.startswith(f"{folder}/")


def _normal(path: str) -> str:
    parts = path.split("/")[1:]
    if path != "/" and any(part in ("", ".", "..") for part in parts):
        msg = f"{shown(path)} is not a plain path; write it without //, /./, /../ and a final /"
        raise ValueError(msg)
    if path != path.strip() or not path.isprintable():
        msg = f"{shown(path)} starts or ends with a space or has a control character; remove it"
        raise ValueError(msg)
    return path


def _of_project(path: str) -> str:
    if path.startswith("/") or ":" in path or "\\" in path:
        msg = f"{shown(path)} is not below the project's folder; write it like settings/gateway.env"
        raise ValueError(msg)
    if any(part in ("", ".", "..") for part in path.split("/")):
        msg = f"{shown(path)} is not a plain path; write it without //, ./, ../ and a final /"
        raise ValueError(msg)
    return path


ProjectFile = Annotated[str, StringConstraints(max_length=255), AfterValidator(_of_project)]
"""Path of a file, relative to the project's folder."""


def _below_root(path: str) -> str:
    if path == "/":
        msg = '"/" is the whole file system; name a folder in it'
        raise ValueError(msg)
    return path


def _mountable(path: str) -> str:
    if path == SHARED_MEMORY:
        return path
    tree = next((tree for tree in SYSTEM_TREES if within(path, tree)), None)
    if tree or path in SYSTEM_FOLDERS or path in (*SYSTEM_FILES, *_IMAGE_FILES):
        msg = f"{shown(path)} cannot be mounted: {_use(path, tree)}; use a folder of your own, such as /data"
        raise ValueError(msg)
    return path


def _use(path: str, tree: str | None) -> str:
    if tree:
        return f"{tree} belongs to the kernel"
    if path in _IMAGE_FILES:
        return "it is a file, and only folders are mounted"
    return "the runtime mounts its own file there" if path in SYSTEM_FILES else "it would hide the image's own files"


def _of_one_owner(path: str) -> str:
    if tree := next((tree for tree in (*SYSTEM_TREES, *_OF_THE_HOST) if within(path, tree)), None):
        msg = f"{shown(path)} is in {tree}, which belongs to the host's system; use a folder such as /srv/fleet/secrets"
        raise ValueError(msg)
    if path in _OF_MANY:
        msg = f"{shown(path)} holds more than these files; name a folder in it, such as {path}/secrets"
        raise ValueError(msg)
    return path


def _below_dev(path: str) -> str:
    if not path.startswith("/dev/"):
        msg = f"{shown(path)} is not a device; write it like /dev/snd"
        raise ValueError(msg)
    return path


AbsolutePath = Annotated[
    str,
    StringConstraints(pattern=PATH_PATTERN, max_length=255),
    AfterValidator(_normal),
    AfterValidator(_below_root),
    Form("write an absolute path without a colon, like /data"),
]
"""A normalized absolute path other than `/`."""

HostFolder = Annotated[AbsolutePath, AfterValidator(_of_one_owner)]
"""A folder of a host that its owner fills, and that a restart keeps."""

MountPath = Annotated[AbsolutePath, AfterValidator(_mountable)]
"""A path in a container at which something can be mounted."""

DevicePath = Annotated[AbsolutePath, AfterValidator(_below_dev)]
"""A device of the host, below /dev."""

"""Reads what only the machine itself shows, where that is the one we sit at. Changes nothing."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from ipaddress import IPv4Address
from pathlib import Path

from cli.live.machine_facts import FolderFacts, HostFacts
from fleet.plan.deployment import Deployment

_NVIDIA_VERSION = Path("/proc/driver/nvidia/version")
_MPS = "nvidia-cuda-mps-control"
_COMM_MAX = 15
"""The kernel cuts a process's name to so many characters."""


def is_this_machine(connection: str, kernel: str, daemon_root: str) -> bool:
    """Whether files here are the daemon's files: a local socket may also lead into a virtual machine."""
    return connection.startswith("unix://") and kernel == os.uname().release and Path(daemon_root).exists()


def free_bytes(folder: str) -> int | None:
    """Room on the disk a folder lies on; None where it cannot be asked."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def read_host(deployment: Deployment) -> HostFacts:
    """What a deployment needs of this machine."""
    binds = {volume.bind for volume in deployment.volumes.values() if volume.bind}
    devices = {device for container in deployment.containers for device in container.devices}
    address = deployment.machine.lan_address if deployment.published else None
    return HostFacts(
        folders={bind: _folder(Path(bind)) for bind in sorted(binds)},
        devices={device: Path(device).exists() for device in sorted(devices)},
        nvidia_driver=_nvidia_driver(),
        mps=_runs(_MPS),
        own_address=None if address is None else _is_own(address),
    )


def _folder(path: Path) -> FolderFacts | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return FolderFacts(stat.S_ISDIR(found.st_mode), found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode))


def _nvidia_driver() -> str:
    """The version in `NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  ...`."""
    try:
        words = _NVIDIA_VERSION.read_text(encoding="utf-8").splitlines()[0].split()
    except (OSError, IndexError):
        return ""
    return next((word for word in words if word[0].isdigit() and "." in word), "unknown version")


def _runs(program: str) -> bool:
    for file in Path("/proc").glob("[0-9]*/comm"):
        try:
            if file.read_text(encoding="utf-8").strip() == program[:_COMM_MAX]:
                return True
        except OSError:
            # The process has ended meanwhile.
            continue
    return False


def _is_own(address: IPv4Address) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((str(address), 0))
        except OSError:
            return False
    return True

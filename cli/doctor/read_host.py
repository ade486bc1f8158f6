"""Reads facts of the machine that the daemon does not report, if it is the local one. Changes nothing."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import socket
import stat
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address
from pathlib import Path

from cli.doctor.facts import MPS_PROGRAM, HostFacts, PathFacts
from components.docker.host_paths import bind_folders, devices, secret_files
from fleet.plan.deployment import Deployment
from fleet.plan.planned_container import PublishedPort

_NVIDIA_VERSION = Path("/proc/driver/nvidia/version")
_NVIDIA_CARDS = Path("/proc/driver/nvidia/gpus")
_JETSON = Path("/etc/nv_tegra_release")
_JETSON_RELEASE = re.compile(r"#\s*R(\d+)\s*\(release\),\s*REVISION:\s*([\d.]+)")
"""Of `# R36 (release), REVISION: 2.0, GCID: ...`."""
_UUID = re.compile(r"^GPU UUID:\s*(GPU-[0-9a-f-]+)\s*$", re.MULTILINE)
"""A line of a card's `information`; a card unused since the driver was loaded shows question marks."""


def is_this_machine(connection: str, kernel: str, daemon_root: str) -> bool:
    """Whether the daemon shares our filesystem: a local socket may also lead into a virtual machine."""
    return connection.startswith("unix://") and kernel == os.uname().release and Path(daemon_root).exists()


def free_bytes(folder: str) -> int | None:
    """Free space on the disk of a folder; None if it cannot be read."""
    with contextlib.suppress(OSError):
        return shutil.disk_usage(folder).free
    return None


def read_host(deployment: Deployment) -> HostFacts:
    """What a deployment needs of this machine."""
    folders = [folder.path for _, folder in bind_folders(deployment)]
    secrets = [secret.path for secret in secret_files(deployment)]
    address = deployment.machine.lan_address if deployment.opens_lan else None
    return HostFacts(
        paths=dict(_paths(sorted({*folders, *secrets, *devices(deployment)}))),
        nvidia_driver=nvidia_driver(),
        nvidia_cards=nvidia_cards(_NVIDIA_CARDS),
        mps_program=shutil.which(MPS_PROGRAM) is not None,
        own_address=None if address is None else _is_own(address),
        taken_ports=frozenset(
            (port.address, port.host_port, port.protocol)
            for container in deployment.containers
            for port in container.ports
            if _is_taken(port)
        ),
    )


def _paths(paths: Iterable[str]) -> Iterator[tuple[str, PathFacts | None]]:
    for path in paths:
        try:
            status = Path(path).stat()
        except (FileNotFoundError, NotADirectoryError):
            yield path, None
        except OSError:
            # A folder above it is closed to the user: it may or may not exist.
            continue
        else:
            mode = stat.S_IMODE(status.st_mode)
            yield path, PathFacts(stat.S_ISDIR(status.st_mode), status.st_uid, status.st_gid, mode)


def nvidia_driver(file: Path = _NVIDIA_VERSION, jetson: Path = _JETSON) -> str:
    """The version in `NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  ...`; a Jetson has that of its L4T."""
    with contextlib.suppress(OSError, IndexError):
        words = file.read_text(encoding="utf-8").splitlines()[0].split()
        return next((word for word in words if word[0].isdigit() and "." in word), "unknown version")
    with contextlib.suppress(OSError):
        release = _JETSON_RELEASE.match(jetson.read_text(encoding="utf-8", errors="replace"))
        return f"L4T {release[1]}.{release[2]}" if release else "L4T"
    return ""


def nvidia_cards(folder: Path) -> frozenset[str]:
    """UUIDs of the cards in the driver's folder, which has one folder per card."""
    uuids: set[str] = set()
    for information in folder.glob("*/information"):
        with contextlib.suppress(OSError):
            uuids.update(_UUID.findall(information.read_text(encoding="utf-8", errors="replace")))
    return frozenset(uuids)


def _is_taken(port: PublishedPort) -> bool:
    """Whether Docker could not listen on a port, tried as it does; unknown without the right to try is no."""
    kind = socket.SOCK_STREAM if port.protocol == "tcp" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as probe:
        if port.protocol == "tcp":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((port.address, port.host_port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


def _is_own(address: IPv4Address) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.bind((str(address), 0))
        return True
    return False

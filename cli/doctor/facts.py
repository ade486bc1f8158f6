"""A machine before anything is deployed to it, as plain values; sizes in MiB unless they say bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cli.verify.facts import NetworkFacts, VolumeFacts
from fleet.plan.deployment import Deployment

MPS_PROGRAM = "nvidia-cuda-mps-control"
"""Comes with the driver; the container toolkit hands it to containers."""


def secret_file(deployment: Deployment, name: str) -> str:
    """The file of the machine that holds a secret."""
    return f"{deployment.machine.secrets_folder}/{name}"


@dataclass(frozen=True, slots=True)
class DaemonFacts:
    """What a daemon says of itself and of the machine's kernel."""

    version: str
    api_version: str
    engine: str
    """`Docker`, or `Podman` where that answers in its place."""
    arch: str
    """By the names image platforms use."""
    cpus: int
    memory_mib: int
    memory_limit: bool
    swap_limit: bool
    cpu_limit: bool
    forwarding: bool
    cgroup_version: str
    live_restore: bool
    log_driver: str
    security: Mapping[str, str]
    """Security option -> its profile, empty where it has none: `seccomp`, `apparmor`, `userns`, `rootless`."""
    runtimes: frozenset[str]
    cdi_devices: frozenset[str] | None
    """Names of CDI devices; None where the daemon does not list them."""
    root: str
    """Folder of its images and volumes."""
    pools: tuple[str, ...]
    """Address pools set in its configuration; empty where it uses its built-in ones, which it does not tell."""


@dataclass(frozen=True, slots=True)
class NeighbourFacts:
    """A container, ours or not: its labels, and `(address, host port, protocol)` of each port it opens."""

    name: str
    labels: Mapping[str, str]
    ports: frozenset[tuple[str, int, str]]


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """An image on the machine."""

    arch: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class DiskFacts:
    """What Docker's images, containers and volumes take; free bytes are None where only the machine knows."""

    images_bytes: int
    containers_bytes: int
    volumes_bytes: int
    free_bytes: int | None


@dataclass(frozen=True, slots=True)
class PathFacts:
    """A file or folder of the host: who owns it, and its permission bits."""

    is_folder: bool
    uid: int
    gid: int
    mode: int


@dataclass(frozen=True, slots=True)
class HostFacts:
    """What only the machine itself shows."""

    paths: Mapping[str, PathFacts | None]
    """Bind folders, secrets and devices: None for one that is not there; missing where the user may not look."""
    nvidia_driver: str
    """Its version; empty where none is loaded."""
    nvidia_cards: frozenset[str]
    """UUIDs of the cards that the driver knows; a card it has not been asked about yet shows none."""
    mps_program: bool
    """The driver brought the MPS control daemon."""
    own_address: bool | None
    """The LAN address belongs to this machine; None where none was asked for."""


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """All that a deployment needs to know beforehand. `host` is None where the machine is not the one we sit at."""

    daemon: DaemonFacts
    containers: tuple[NeighbourFacts, ...]
    networks: Mapping[str, NetworkFacts]
    volumes: Mapping[str, VolumeFacts]
    images: Mapping[str, ImageFacts]
    """Reference -> image, of those that are there."""
    disk: DiskFacts | None
    """None where the daemon does not count."""
    host: HostFacts | None

"""A machine before a deployment, as plain values; sizes in MiB unless named bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cli.verify.facts import NetworkFacts, VolumeFacts

MPS_PROGRAM = "nvidia-cuda-mps-control"
"""Part of the driver; the container toolkit mounts it into containers."""


@dataclass(frozen=True, slots=True)
class DaemonFacts:
    """A daemon and the kernel of its machine.

    engine: `Docker` or `Podman`; arch: as image platforms spell it; security: option -> profile, empty without one
    (`seccomp`, `apparmor`, `userns`, `rootless`); cdi_devices: None if the daemon does not list them; root: the folder
    of images and volumes; pools: configured address pools, empty for the built-in ones, which it does not report.
    """

    version: str
    api_version: str
    engine: str
    arch: str
    cpus: int
    memory_mib: int
    memory_limit: bool
    swap_limit: bool
    cpu_limit: bool
    forwarding: bool
    cgroup_version: str
    cgroup_driver: str
    live_restore: bool
    log_driver: str
    security: Mapping[str, str]
    runtimes: frozenset[str]
    cdi_devices: frozenset[str] | None
    root: str
    pools: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NeighbourFacts:
    """Any container on the machine; ports: `(address, host port, protocol)`."""

    name: str
    labels: Mapping[str, str]
    ports: frozenset[tuple[str, int, str]]
    id: str = ""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """An image on the machine. layers: from the lowest; digests: `name@sha256:...` of the registries it is in.

    entrypoint: its own; user: as it names it, empty for root.
    """

    arch: str
    size_bytes: int
    layers: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    user: str = ""


@dataclass(frozen=True, slots=True)
class DiskFacts:
    """Disk usage of Docker; free bytes are None on a remote machine."""

    images_bytes: int
    containers_bytes: int
    volumes_bytes: int
    free_bytes: int | None


@dataclass(frozen=True, slots=True)
class PathFacts:
    """Owner and permission bits of a file or folder of the host."""

    is_folder: bool
    uid: int
    gid: int
    mode: int


@dataclass(frozen=True, slots=True)
class HostFacts:
    """Facts that only the machine itself shows.

    paths: bind folders, secrets and devices; None if one does not exist, missing if the user may not look;
    nvidia_driver: its version, empty if none is loaded; nvidia_cards: UUIDs of the cards in use since the driver was
    loaded; own_address: whether the LAN address is the machine's, None if none is needed; taken_ports: the
    `(address, port, protocol)` to publish that something listens on.
    """

    paths: Mapping[str, PathFacts | None]
    nvidia_driver: str
    nvidia_cards: frozenset[str]
    mps_program: bool
    own_address: bool | None
    taken_ports: frozenset[tuple[str, int, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class LockFacts:
    """The lock of a stack; alive: whether the process that took it runs, None if it is on another machine."""

    owner: str
    since: str
    pid: int
    alive: bool | None


@dataclass(frozen=True, slots=True)
class StateFacts:
    """The state of a stack in a file backend.

    pending: `creating <name>`; ids: those of all its resources; repair: the command for a file that was cut off,
    empty if all are whole. With one, nothing else is known.
    """

    backend: str
    lock: LockFacts | None
    pending: tuple[str, ...] = ()
    ids: frozenset[str] = frozenset()
    repair: str = ""


@dataclass(frozen=True, slots=True)
class ConfigFacts:
    """Secrets in a stack's file, by name; has_environment: whether a Pulumi environment may have more."""

    secrets: frozenset[str]
    has_environment: bool = False


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """All facts that a deployment depends on.

    images: by reference, those on the machine; disk: None if the daemon does not report it; host: None if remote;
    state: None if it is in no folder; config: None if the stack's file was not read.
    """

    daemon: DaemonFacts
    containers: tuple[NeighbourFacts, ...]
    networks: Mapping[str, NetworkFacts]
    volumes: Mapping[str, VolumeFacts]
    images: Mapping[str, ImageFacts]
    disk: DiskFacts | None
    host: HostFacts | None
    state: StateFacts | None = None
    config: ConfigFacts | None = None

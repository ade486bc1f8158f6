"""A container that is fully resolved: image, budgets, variables, mounts, health check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fleet.model import (
    Arch,
    Enforcement,
    Gpu,
    Hardening,
)

SHARED_MEMORY = "/dev/shm"  # noqa: S108  (a mount point in the container)


@dataclass(frozen=True, slots=True)
class PublishedPort:
    """A container port published on an address of the machine, for people or other machines."""

    address: str
    host_port: int
    container_port: int
    protocol: str


@dataclass(frozen=True, slots=True)
class PlannedMount:
    """A volume in a container; `volume` is its key."""

    volume: str
    path: str
    read_only: bool


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file of the project in a container, readable by everybody."""

    path: str
    source: str
    """Relative to the project's folder."""
    content: bytes = field(repr=False)


DEFAULT_CAPABILITIES = ("compute", "utility")
"""Of NVIDIA's driver, as the images of CUDA request them."""


@dataclass(frozen=True, slots=True)
class PlannedGpu:
    """A container's share of each of its cards, in MiB."""

    cards: Mapping[str, Gpu]
    """By key, each once; or the pool of `count` cards, by its key."""
    count: int
    request_mib: int
    limit_mib: int
    processes: int
    enforcement: Enforcement
    capabilities: tuple[str, ...] = DEFAULT_CAPABILITIES

    @property
    def gpu(self) -> Gpu:
        """The first card; all cards of a container agree in what it needs of them."""
        return next(iter(self.cards.values()))


@dataclass(frozen=True, slots=True)
class PlannedHttp:
    """Endpoints for HTTP liveness and readiness."""

    port: int
    path: str
    ready_path: str


@dataclass(frozen=True, slots=True)
class PlannedHealth:
    """Health check; durations in seconds. `test` runs in the container; `http` is the same probe from outside."""

    test: tuple[str, ...]
    interval_s: int
    timeout_s: int
    retries: int
    start_period_s: int
    deadline_s: int
    http: PlannedHttp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedContainer:
    """A fully resolved container. Memory in MiB, CPU in millicores, durations in seconds.

    Every target renders each field or declares why not: `tests/unit/components/test_every_field_is_rendered.py`.
    """

    name: str
    """Name on the machine."""
    group: str
    key: str
    image: str
    archs: tuple[Arch, ...]
    """Of the image."""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    working_dir: str = ""
    """Empty for the image's."""
    init: bool = True
    """Whether an init process is process 1."""
    tty: bool = False
    agents: tuple[str, ...] = ()
    env: Mapping[str, str]
    labels: Mapping[str, str]
    """Of this project, for policies."""
    own_labels: Mapping[str, str] = field(default_factory=dict)
    """For other programs."""
    aliases: tuple[str, ...]
    """DNS names on the machine's network."""
    extra_hosts: Mapping[str, str] = field(default_factory=dict)
    """Names of other machines' endpoints -> IPv4 address."""
    ports: tuple[PublishedPort, ...] = ()
    mounts: tuple[PlannedMount, ...] = ()
    files: tuple[PlannedFile, ...] = ()
    """Sorted by path."""
    secrets: tuple[str, ...] = ()
    """Names of read-only files under SECRETS_PATH."""
    secret_env: Mapping[str, str] = field(default_factory=dict)
    """Variable -> name of the secret that it holds."""
    devices: tuple[str, ...] = ()
    device_groups: tuple[int, ...] = ()
    hardening: Hardening
    memory_request_mib: int
    memory_cap_mib: int
    shared_memory_mib: int = 0
    cpu_request_millicores: int
    cpu_cap_millicores: int
    gpu: PlannedGpu | None = None
    health: PlannedHealth
    once: bool = False
    """It runs to its end, within `health.deadline_s`; `health.test` is empty."""
    restart: str = "always"
    restarts_max: int = 5
    stop_grace_s: int = 10

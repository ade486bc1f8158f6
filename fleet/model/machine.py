"""A machine: something that runs containers, described by one stack file."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from fleet.model.base import AbsolutePath, FrozenMap, Model, Name
from fleet.model.quantities import MemoryMib

CUDA_CONTEXT_MIB = 450
"""Memory a CUDA process costs before it allocates anything: 200 to 700 MiB seen; see numbers in docs/gotchas.md."""

MPS_CLIENTS_MAX = 48
"""Clients of one MPS server up to CUDA 13.0 (60 from 13.1), by NVIDIA's MPS document."""

LONGEST_PREFIX = 29
"""Eight addresses: network, gateway, broadcast and five containers."""

DOCKER_25_API_MINOR = 44
"""Docker 25: its API brought a health check's start interval, and is the oldest the image builder talks to."""


class Arch(StrEnum):
    """Processor architecture, by the names image platforms use."""

    AMD64 = "amd64"
    ARM64 = "arm64"


class Target(StrEnum):
    """The kind of machine, which decides the component package that builds it."""

    DOCKER = "docker"
    KUBERNETES = "kubernetes"
    CLOUDRUN = "cloudrun"
    NATIVE = "native"


class DeviceClass(StrEnum):
    """What the device is. `strategy` says how containers get onto it."""

    GAMING_PC = "gaming-pc"
    GAMING_LAPTOP = "gaming-laptop"
    WORKSTATION = "workstation"
    LAPTOP = "laptop"
    CLOUD_VM = "cloud-vm"
    SINGLE_BOARD_COMPUTER = "single-board-computer"
    CONTAINER_SERVICE = "container-service"
    EMBEDDED = "embedded"
    HPC = "hpc"

    @property
    def strategy(self) -> Strategy:
        """How groups are deployed onto a device of this class."""
        return _STRATEGIES.get(self, Strategy.DOCKER)


class Strategy(StrEnum):
    """How groups get onto a class of device."""

    DOCKER = "docker"
    SERVICE_API = "service-api"
    """The container service's own API; never Docker inside it."""
    NATIVE_WITH_PROXY = "native-with-proxy"
    """A native program, and a lightweight proxy container on a Docker machine nearby."""
    NATIVE = "native"
    """Native, behind a Docker-compatible API."""


_STRATEGIES = {
    DeviceClass.CONTAINER_SERVICE: Strategy.SERVICE_API,
    DeviceClass.EMBEDDED: Strategy.NATIVE_WITH_PROXY,
    DeviceClass.HPC: Strategy.NATIVE,
}

TARGETS_BY_STRATEGY = {
    Strategy.DOCKER: frozenset({Target.DOCKER}),
    Strategy.SERVICE_API: frozenset({Target.KUBERNETES, Target.CLOUDRUN}),
    Strategy.NATIVE_WITH_PROXY: frozenset({Target.NATIVE}),
    Strategy.NATIVE: frozenset({Target.NATIVE, Target.DOCKER}),
}
"""Targets that carry out a strategy. HPC may be `docker` because Podman's socket speaks Docker's API."""


class Mps(Model):
    """CUDA Multi-Process Service on a card: several processes share it at the same time."""

    uid: int = Field(default=10001, gt=10000)
    """User id that every client of the card runs under: an MPS server serves one user."""
    active_thread_percentage: int = Field(default=100, ge=1, le=100)
    """Share of the card's compute one client may use. Limits compute, never memory."""
    clients_max: int = Field(default=MPS_CLIENTS_MAX, ge=1, le=60)
    """Client processes the server takes."""
    shared_memory_mib: MemoryMib = Field(default=8192, alias="shared_memory")
    """Size of the /dev/shm that the daemon and all clients share."""


class Gpu(Model):
    """One card."""

    model: str = Field(min_length=1)
    """What people call it: RTX 4090."""
    memory_mib: MemoryMib = Field(alias="memory")
    """Capacity as nvidia-smi prints it."""
    device: str = Field(default="0", pattern=r"^(\d+|GPU-[0-9a-f-]+|nvidia\.com/gpu=\S+)$")
    """Index, UUID (`GPU-...`, which survives a changed order of cards) or CDI name."""
    driver: Annotated[str, StringConstraints(pattern="^(nvidia|cdi)$")] = "nvidia"
    """Device driver the daemon is set up with: `nvidia` (container toolkit) or `cdi`."""
    context_mib: MemoryMib = Field(default=CUDA_CONTEXT_MIB, alias="context")
    """What one CUDA process costs on top of its request."""
    desktop_reserve_mib: MemoryMib | None = Field(default=None, alias="desktop_reserve")
    """Left to a desktop that the card also drives."""
    mps: Mps | None = None
    """Set where an MPS control daemon serves the card."""
    allocator: str | None = None
    """Settings of PyTorch's allocator. Limits fragmentation, never memory."""

    @property
    def reserve_mib(self) -> int:
        """Memory the desktop keeps, 0 without one."""
        return self.desktop_reserve_mib or 0


class ContainerNetwork(Model):
    """The machine's own bridge network; a bridge cannot span two hosts."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", min_length=2, max_length=60)
    subnet: IPv4Network
    """One /24 outside Docker's default pools, such as 10.210.7.0/24."""
    inside_docker_pool: bool = False
    """Says that a subnet inside Docker's default pools is meant."""

    @model_validator(mode="after")
    def _has_room(self) -> ContainerNetwork:
        if self.subnet.prefixlen > LONGEST_PREFIX:
            msg = f"subnet {self.subnet} has no room for a gateway and containers; take a /{LONGEST_PREFIX} or larger"
            raise ValueError(msg)
        return self


class Machine(Model):
    """A machine and what it has to give."""

    name: Name
    """Prefix of its endpoints' names on other machines: `<name>-<group>`."""
    title: str = Field(min_length=1)
    """What people call it."""
    target: Target = Target.DOCKER
    device_class: DeviceClass = Field(alias="class")
    arch: Arch
    connection: str = Field(pattern=r"^(ssh://[^\s/]+|unix:///\S+|tcp://[^\s/]+)$")
    """The daemon: `ssh://user@address`, or `unix:///var/run/docker.sock` on the machine you sit at."""
    docker_api: str = Field(default="1.41", pattern=r"^1\.\d+$")
    """API version of the Docker daemon, as `docker version` prints it; the default is the oldest one supported. From
    1.44 (Docker 25) a container that starts is probed every second, and then at its interval."""
    lan_address: IPv4Address | None = None
    """Address other machines reach it by; needed once one of them uses a group of it."""
    cpus: int = Field(ge=1)
    memory_mib: MemoryMib = Field(alias="memory")
    memory_reserve_mib: MemoryMib = Field(default=2048, alias="memory_reserve")
    """Left to the operating system and whatever else runs there."""
    process_limit: int = Field(default=16384, ge=256, le=4194304)
    """Processes and threads all agents of the machine may have together (ulimit nproc counts a user id, not a
    container, and agents share one)."""
    gpus: FrozenMap[Name, Gpu] = Field(default_factory=dict, validate_default=True)
    network: ContainerNetwork
    devices: FrozenMap[AbsolutePath, DeviceAccess] = Field(default_factory=dict, validate_default=True)
    """Host devices that groups may ask for."""
    secrets_folder: AbsolutePath = "/srv/fleet/secrets"
    """Folder of the host that holds one file a secret, readable by the agents' user; its owner fills it."""
    binds: FrozenMap[Name, AbsolutePath] = Field(default_factory=dict, validate_default=True)
    """Volumes that live in a folder of the host: volume name -> path. All others are named volumes."""

    @model_validator(mode="after")
    def _cards_are_distinct(self) -> Machine:
        devices = [gpu.device for gpu in self.gpus.values()]
        twice = sorted({device for device in devices if devices.count(device) > 1})
        if twice:
            msg = f'two cards are device "{twice[0]}"; give each gpus.<card>.device its own index or UUID'
            raise ValueError(msg)
        return self

    @property
    def has_docker_25(self) -> bool:
        """Whether the daemon is Docker 25 (API 1.44) or later."""
        return int(self.docker_api.split(".")[1]) >= DOCKER_25_API_MINOR

    @model_validator(mode="after")
    def _class_fits_target(self) -> Machine:
        allowed = TARGETS_BY_STRATEGY[self.device_class.strategy]
        if self.target not in allowed:
            names = " or ".join(sorted(allowed))
            msg = (
                f'target "{self.target}" does not fit class "{self.device_class}", which is deployed by '
                f"{self.device_class.strategy}; set target to {names}, or another class"
            )
            raise ValueError(msg)
        return self


class DeviceAccess(Model):
    """How a host device is handed to a container."""

    group_id: int | None = Field(default=None, ge=1)
    """Numeric host group that may use it: a name would be looked up in the image."""

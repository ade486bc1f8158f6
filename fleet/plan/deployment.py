"""A deployment: for one stack, every container fully resolved. Targets render it and decide nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fleet.addresses import Endpoint
from fleet.budget import CardUse
from fleet.capabilities import Feature
from fleet.model import Enforcement, Gpu, Hardening, Machine, VolumeKind


@dataclass(frozen=True, slots=True)
class PublishedPort:
    """A container port opened on an address of the machine, because another machine needs it."""

    address: str
    host_port: int
    container_port: int
    protocol: str


@dataclass(frozen=True, slots=True)
class PlannedMount:
    """A volume inside a container; `volume` is its key."""

    volume: str
    path: str
    read_only: bool


@dataclass(frozen=True, slots=True)
class PlannedGpu:
    """A container's part of a card, memory in MiB."""

    card: str
    gpu: Gpu
    request_mib: int
    limit_mib: int
    processes: int
    enforcement: Enforcement


@dataclass(frozen=True, slots=True)
class PlannedHealth:
    """Health check; durations in seconds. `test` is the command run inside the container."""

    test: tuple[str, ...]
    interval_s: int
    timeout_s: int
    retries: int
    start_period_s: int
    deadline_s: int


@dataclass(frozen=True, slots=True)
class PlannedContainer:
    """One container with nothing left to decide. Memory in MiB, CPU in millicores, durations in seconds."""

    name: str
    """Name on the machine."""
    group: str
    key: str
    image: str
    command: tuple[str, ...]
    agents: tuple[str, ...]
    env: Mapping[str, str]
    labels: Mapping[str, str]
    aliases: tuple[str, ...]
    """DNS names on the machine's network."""
    extra_hosts: Mapping[str, str]
    """Names of other machines' endpoints -> IPv4 address."""
    ports: tuple[PublishedPort, ...]
    mounts: tuple[PlannedMount, ...]
    secrets: tuple[str, ...]
    """Names; each is a read-only file under SECRETS_PATH."""
    devices: tuple[str, ...]
    device_groups: tuple[int, ...]
    hardening: Hardening
    memory_request_mib: int
    memory_cap_mib: int
    shared_memory_mib: int
    cpu_request_millicores: int
    cpu_cap_millicores: int
    gpu: PlannedGpu | None
    health: PlannedHealth
    restart: str
    restarts_max: int
    stop_grace_s: int


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """A group in its place: wave counted from 1; `start_after` holds groups of the same stack only."""

    name: str
    system: str
    wave: int
    start_after: tuple[str, ...]
    shares: tuple[str, ...]
    """What it needs of `Deployment.sharing` before it starts."""
    containers: tuple[PlannedContainer, ...]
    tenant: str | None = None
    """Whose it is: no group of another tenant may reach it. None: it is shared."""
    serves: tuple[str, ...] = ()
    """Of a shared group: the tenants whose groups on this machine name it as a peer."""

    @property
    def agents(self) -> int:
        """Number of agents."""
        return sum(len(container.agents) for container in self.containers)


@dataclass(frozen=True, slots=True)
class PlannedVolume:
    """A volume of the machine: a folder of the host where `bind` is set, else a named volume."""

    key: str
    name: str
    group: str
    kind: VolumeKind
    single_writer: bool
    medium: str
    bind: str | None
    tmpfs_mib: int | None = None
    """Set for a volume that lives in memory: its size."""


@dataclass(frozen=True, slots=True)
class PlannedBuild:
    """An image made on the machine. `context` is a folder of the project; `needs` the image it is built on, if ours."""

    name: str
    image: str
    context: str
    target: str
    arguments: Mapping[str, str]
    platform: str
    needs: str | None


@dataclass(frozen=True, slots=True)
class FleetFacts:
    """What policies need to know of the rest of the fleet."""

    subnets: Mapping[str, str]
    """Network name -> CIDR."""
    allowed_overlaps: tuple[str, ...]
    start_after: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Deployment:
    """Everything one stack runs: groups by wave, then name."""

    stack: str
    sandbox: bool
    stand_ins: bool
    """Stand-ins run in the agents' place."""
    gpus_dropped: tuple[str, ...]
    """Groups that ask for a GPU and get none, because the stack runs without."""
    machine: Machine
    groups: tuple[PlannedGroup, ...]
    builds: tuple[PlannedBuild, ...]
    """Images made on the machine, the agent host's first; none in a sandbox, whose one image `make up` builds."""
    unbuilt: Mapping[str, str]
    """Image reference -> why it cannot be built from its requirements."""
    sharing: tuple[PlannedGroup, ...]
    """What shares cards between containers, in wave 0; the clients' `shares` name it."""
    volumes: Mapping[str, PlannedVolume]
    cards: tuple[CardUse, ...]
    published: tuple[tuple[Endpoint, tuple[str, ...]], ...]
    """Endpoints opened on the LAN address, with the machines that need each."""
    endpoints: Mapping[str, str]
    """Reference -> address on this machine, of every endpoint of its groups."""
    degradations: Mapping[Feature, tuple[str, ...]]
    facts: FleetFacts

    @property
    def tenants(self) -> tuple[str, ...]:
        """Tenants whose groups run here, sorted."""
        return tuple(sorted({group.tenant for group in self.groups if group.tenant}))

    def group_of(self, container: PlannedContainer) -> PlannedGroup:
        """The group of one of its containers."""
        return next(group for group in (*self.sharing, *self.groups) if group.name == container.group)

    @property
    def containers(self) -> tuple[PlannedContainer, ...]:
        """All containers, in start order."""
        return tuple(container for group in (*self.sharing, *self.groups) for container in group.containers)

    @property
    def memory_request_mib(self) -> int:
        """Main memory reserved by all containers, without the machine's reserve."""
        return sum(container.memory_request_mib for container in self.containers)

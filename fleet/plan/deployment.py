"""A deployment: for one stack, every container fully resolved. Targets render it and decide nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fleet.model import (
    Arch,
    Enforcement,
    Exposure,
    Gpu,
    Hardening,
    LanTraffic,
    Machine,
    Rollout,
    RolloutState,
    Scaling,
    Tier,
    VolumeKind,
)
from fleet.network.addresses import Endpoint
from fleet.targets.features import Feature
from fleet.targets.gpu_use import CardUse, PoolUse


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
class PlannedHttp:
    """Where a container answers over HTTP whether it works, and whether it takes requests."""

    port: int
    path: str
    ready_path: str


@dataclass(frozen=True, slots=True)
class PlannedHealth:
    """Health check; durations in seconds. `test` is the command run inside the container; `http` says the same to a
    target that asks from outside, and is None where only the command can tell."""

    test: tuple[str, ...]
    interval_s: int
    timeout_s: int
    retries: int
    start_period_s: int
    deadline_s: int
    http: PlannedHttp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedContainer:
    """One container with nothing left to decide. Memory in MiB, CPU in millicores, durations in seconds.

    Every target renders each field, or says why not: `tests/unit/components/test_every_field_is_rendered.py`.
    """

    name: str
    """Name on the machine."""
    group: str
    key: str
    image: str
    archs: tuple[Arch, ...]
    """Architectures that the image exists for."""
    command: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    env: Mapping[str, str]
    labels: Mapping[str, str]
    aliases: tuple[str, ...]
    """DNS names on the machine's network."""
    extra_hosts: Mapping[str, str] = field(default_factory=dict)
    """Names of other machines' endpoints -> IPv4 address."""
    ports: tuple[PublishedPort, ...] = ()
    mounts: tuple[PlannedMount, ...] = ()
    secrets: tuple[str, ...] = ()
    """Names; each is a read-only file under SECRETS_PATH."""
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
    restart: str = "always"
    restarts_max: int = 5
    stop_grace_s: int = 10


@dataclass(frozen=True, slots=True)
class PlannedPort:
    """A port of a group; `container` is the key of the container that answers."""

    key: str
    port: int
    protocol: str
    scheme: str
    container: str


@dataclass(frozen=True, slots=True)
class Operation:
    """How many copies of a group run, how much it matters, and how a new version takes over."""

    tier: Tier = Tier.STANDARD
    scaling: Scaling = field(default_factory=Scaling)
    rollout: Rollout = field(default_factory=Rollout)
    state: RolloutState | None = None
    """Where a rollout stands, while two versions run."""
    exposure: Exposure | None = None
    """How it is reached from outside its cluster."""
    outside: tuple[str, ...] = ()
    """`host:port` of what it talks to on the internet."""


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
    ports: tuple[PlannedPort, ...] = ()
    operation: Operation = field(default_factory=Operation)

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
    size_mib: int | None = None
    mounted_by: tuple[str, ...] = ()
    """Groups that mount it."""
    velero: bool = False
    """Velero is stated to keep its data a second time."""
    tmpfs_mib: int | None = None
    """Set for a volume that lives in memory: its size."""


@dataclass(frozen=True, slots=True)
class PlannedBuild:
    """An image made on the machine. `context` is a folder of the project; `needs` the image it is built on, if ours.

    `target` is a stage of its Dockerfile, empty for the last.
    """

    name: str
    image: str
    context: str
    target: str
    arguments: Mapping[str, str]
    platform: str
    needs: str | None


@dataclass(frozen=True, slots=True)
class Edge:
    """A group that may open connections to an endpoint; what is no edge is not declared."""

    source: str
    target: str
    port: int
    """Of the target's container; on the other machine's address where it is on another."""
    protocol: str
    address: str | None = None
    """Address of the other machine that the endpoint is on."""
    name: str | None = None
    """Host name of an endpoint on another machine."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What groups ask of a namespace. Memory and storage in MiB, CPU in millicores."""

    pods: int
    cpu_request_millicores: int
    cpu_limit_millicores: int
    memory_request_mib: int
    memory_limit_mib: int
    cards: int


@dataclass(frozen=True, slots=True)
class PlannedNamespace:
    """A namespace of a cluster: the groups of one tenant, or the shared ones."""

    name: str
    tenant: str | None
    groups: tuple[str, ...]
    least: Demand
    """Of the copies that always run."""
    most: Demand
    """Of all copies, while one of each group is being replaced."""
    storage_mib: int
    volumes: int


@dataclass(frozen=True, slots=True)
class Address:
    """A machine's LAN address: whose it is, and what encrypts the traffic to it; None where nobody has said."""

    machine: str
    traffic: LanTraffic | None


@dataclass(frozen=True, slots=True)
class FleetFacts:
    """What policies need to know of the rest of the fleet."""

    subnets: Mapping[str, str]
    """Network name -> CIDR."""
    allowed_overlaps: tuple[str, ...]
    start_after: Mapping[str, tuple[str, ...]]
    addresses: Mapping[str, Address]
    """LAN address -> the machine that has it."""


@dataclass(frozen=True, slots=True)
class MonthlyCharge:
    """US dollars a month at three loads, and the budget; `unknown` names what no price is known of."""

    idle_usd: float
    expected_usd: float
    maximum_usd: float
    budget_usd: float
    unknown: tuple[str, ...] = ()


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
    mode: str | None
    """The mode that is deployed, of a stack that has modes."""
    modes: Mapping[str, tuple[CardUse, ...]]
    """Mode -> every card with what its groups take in it; empty where a stack has none."""
    off: tuple[str, ...]
    """Groups of other modes than the one deployed: not running, their volumes kept."""
    published: tuple[tuple[Endpoint, tuple[str, ...]], ...]
    """Endpoints opened on the LAN address, with the machines that need each."""
    endpoints: Mapping[str, str]
    """Reference -> address on this machine, of every endpoint of its groups."""
    degradations: Mapping[Feature, tuple[str, ...]]
    facts: FleetFacts
    edges: tuple[Edge, ...] = ()
    """Every connection its groups may open, by source and target."""
    namespaces: tuple[PlannedNamespace, ...] = ()
    """Of a cluster."""
    pools: tuple[PoolUse, ...] = ()
    """A cluster's pools with cards."""
    closed_tenants: tuple[str, ...] = ()
    """Tenants whose groups talk to nothing beyond this machine, and are given no way to."""
    charge: MonthlyCharge | None = None
    """What it costs, once `fleet.charge` has added it; only a stack with a budget has one."""

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

"""A deployment: one stack with every container fully resolved. Targets render it and decide nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fleet.model import (
    MAIN,
    Exposure,
    LanTraffic,
    Machine,
    Rollout,
    RolloutState,
    Scaling,
    Tier,
    VolumeKind,
)
from fleet.model.port import EVERY_ADDRESS
from fleet.network.addresses import Endpoint
from fleet.plan.planned_container import PlannedContainer
from fleet.targets.features import Feature
from fleet.targets.gpu_use import CardUse, PoolUse


@dataclass(frozen=True, slots=True)
class PlannedPort:
    """A port of a group; `container` is the key of the container that listens, `publish` as in the group's file."""

    key: str
    port: int
    protocol: str
    scheme: str
    container: str
    publish: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """Priority, scaling, rollout and exposure of a group."""

    tier: Tier = Tier.STANDARD
    scaling: Scaling = field(default_factory=Scaling)
    rollout: Rollout = field(default_factory=Rollout)
    state: RolloutState | None = None
    """Progress of a rollout with two versions."""
    exposure: Exposure | None = None
    outside: tuple[str, ...] = ()
    """`host:port` of internet hosts it connects to."""


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """A group and its wave, from 1; `start_after` lists groups of the same stack only."""

    name: str
    system: str
    wave: int
    start_after: tuple[str, ...]
    shares: tuple[str, ...]
    """Groups of `Deployment.sharing` that start before it."""
    containers: tuple[PlannedContainer, ...]
    tenant: str | None = None
    """None for a shared group. Groups of other tenants cannot reach it."""
    serves: tuple[str, ...] = ()
    """Tenants with groups on this machine that name a shared group as a peer."""
    ports: tuple[PlannedPort, ...] = ()
    operation: Operation = field(default_factory=Operation)

    def before(self, container: PlannedContainer) -> tuple[PlannedContainer, ...]:
        """Containers of the group that run to their end before this one starts; they themselves start together."""
        first = tuple(one for one in self.containers if one.once and one.key != MAIN)
        return () if container in first else first

    @property
    def is_job(self) -> bool:
        """Whether it runs to its end."""
        return bool(self.containers) and self.containers[0].once

    @property
    def agents(self) -> int:
        """Their number."""
        return sum(len(container.agents) for container in self.containers)


@dataclass(frozen=True, slots=True)
class PlannedVolume:
    """A volume of the machine: the host folder `bind` if set, else a named volume."""

    key: str
    name: str
    group: str
    kind: VolumeKind
    single_writer: bool
    medium: str
    bind: str | None
    size_mib: int | None = None
    mounted_by: tuple[str, ...] = ()
    """Group names."""
    velero: bool = False
    """Whether the group's file states a backup by Velero."""
    tmpfs_mib: int | None = None
    """Size of a volume in memory."""


@dataclass(frozen=True, slots=True)
class PlannedBuild:
    """An image built on the machine from the project folder `context`.

    `image` has a digest of all other fields in its tag, and of the context's files. `target` is a stage of its
    Dockerfile, empty for the last; `needs` the name of the project's image it is built on. `base` is the reference of
    the image its target is built on, `bases` those of all images from elsewhere that its stages are built on.
    `written` has the content of the context's files, by name, if they are written for this build.
    """

    name: str
    image: str
    context: str
    target: str
    arguments: Mapping[str, str]
    platform: str
    needs: str | None
    base: str = ""
    bases: tuple[str, ...] = ()
    written: Mapping[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class PackageLayer:
    """The packages of a lock in an image, in bytes; images with the same layer share it on disk."""

    lock: str
    download: int
    disk: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A declared connection from a group to an endpoint."""

    source: str
    target: str
    port: int
    """Of the target's container, or on the other machine's address."""
    protocol: str
    address: str | None = None
    """Of the other machine, if the endpoint is on one."""
    name: str | None = None
    """Host name of an endpoint on another machine."""


@dataclass(frozen=True, slots=True)
class Demand:
    """Resources that groups request from a namespace. Memory in MiB, CPU in millicores."""

    pods: int
    cpu_request_millicores: int
    cpu_limit_millicores: int
    memory_request_mib: int
    memory_limit_mib: int
    cards: int


@dataclass(frozen=True, slots=True)
class PlannedNamespace:
    """A namespace of a cluster, for one tenant or for the shared groups."""

    name: str
    tenant: str | None
    groups: tuple[str, ...]
    least: Demand
    """Demand of the copies that always run."""
    most: Demand
    """Demand of all copies during a rollout of every group."""
    storage_mib: int
    volumes: int


@dataclass(frozen=True, slots=True)
class Address:
    """The machine with a LAN address, and how traffic to it is encrypted, if stated."""

    machine: str
    traffic: LanTraffic | None


@dataclass(frozen=True, slots=True)
class FleetFacts:
    """Facts about the rest of the fleet, for policies."""

    subnets: Mapping[str, str]
    """Network name -> CIDR."""
    allowed_overlaps: tuple[str, ...]
    start_after: Mapping[str, tuple[str, ...]]
    addresses: Mapping[str, Address]
    """By LAN address."""


@dataclass(frozen=True, slots=True)
class MonthlyCharge:
    """US dollars a month at three loads, and the budget; `unknown` names the unpriced items."""

    idle_usd: float
    expected_usd: float
    maximum_usd: float
    budget_usd: float
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deployment:
    """Everything one stack runs; groups by wave, then name."""

    stack: str
    sandbox: bool
    stand_ins: bool
    """Whether stand-ins replace the agents."""
    gpus_dropped: tuple[str, ...]
    """Groups that request a GPU on a stack without GPUs."""
    machine: Machine
    groups: tuple[PlannedGroup, ...]
    builds: tuple[PlannedBuild, ...]
    """Images built on the machine, each after the one it needs."""
    on_the_cpu: Mapping[str, tuple[str, ...]]
    """Container with a card -> packages in its image that compute on the CPU: they are compiled without nvcc."""
    unbuilt: Mapping[str, str]
    """Image reference -> why it cannot be built from its requirements."""
    replaced_images: Mapping[str, str]
    """Container -> folder of the image that a stand-in replaces, although no agent runs in it."""
    layers: Mapping[str, tuple[PackageLayer, ...]]
    """Reference of each image with locked packages -> these, those of its base first."""
    sharing: tuple[PlannedGroup, ...]
    """MPS daemons, in wave 0; their clients' `shares` name them."""
    volumes: Mapping[str, PlannedVolume]
    cards: tuple[CardUse, ...]
    mode: str | None
    """The deployed mode; None for a stack without modes."""
    modes: Mapping[str, tuple[CardUse, ...]]
    """Mode -> every card with its shares; empty for a stack without modes."""
    off: tuple[str, ...]
    """Groups of other modes: not running, with their volumes kept."""
    off_containers: Mapping[str, tuple[str, ...]]
    """Name of each container of these -> their groups; a running group's container may have the same name."""
    published: tuple[tuple[Endpoint, tuple[str, ...]], ...]
    """Endpoints published on the LAN address, with the machines that need them."""
    for_people: tuple[tuple[Endpoint, str], ...]
    """Endpoints published for people, with the address of the machine."""
    endpoints: Mapping[str, str]
    """Reference of each endpoint of its groups -> address on this machine."""
    degradations: Mapping[Feature, tuple[str, ...]]
    facts: FleetFacts
    edges: tuple[Edge, ...] = ()
    """Connections its groups may open, by source and target."""
    namespaces: tuple[PlannedNamespace, ...] = ()
    pools: tuple[PoolUse, ...] = ()
    """A cluster's pools with cards."""
    closed_tenants: tuple[str, ...] = ()
    """Tenants without connections beyond this machine."""
    charge: MonthlyCharge | None = None
    """Added by `fleet.charge` for a stack with a budget."""
    _by_name: Mapping[str, PlannedGroup] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {group.name: group for group in (*self.groups, *self.sharing)})

    @property
    def opens_lan(self) -> bool:
        """Whether a port is published on the machine's LAN address."""
        return bool(self.published) or any(
            address in (str(self.machine.lan_address), EVERY_ADDRESS) for _, address in self.for_people
        )

    @property
    def tenants(self) -> tuple[str, ...]:
        """Sorted."""
        return tuple(sorted({group.tenant for group in self.groups if group.tenant}))

    def group_of(self, container: PlannedContainer) -> PlannedGroup:
        return self._by_name[container.group]

    @property
    def containers(self) -> tuple[PlannedContainer, ...]:
        """In start order."""
        return tuple(container for group in (*self.sharing, *self.groups) for container in group.containers)

    @property
    def distinct_layers(self) -> tuple[PackageLayer, ...]:
        """Each layer of packages once."""
        return tuple(dict.fromkeys(layer for layers in self.layers.values() for layer in layers))

    @property
    def memory_request_mib(self) -> int:
        """Of all containers, and of cards that share the machine's memory; without the machine's reserve."""
        return sum(container.memory_request_mib for container in self.containers) + self.unified_mib

    @property
    def unified_mib(self) -> int:
        """Main memory reserved on cards that share it."""
        return sum(card.unified_mib for card in self.cards)

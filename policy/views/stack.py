"""What a stack registered, as rules see it: containers, networks, volumes, machines, providers, objects of clusters
and services of clouds.

`MachineView` comes from the outputs of a machine component (`fleet:docker:DockerMachine`, `fleet:kubernetes:Cluster`):
the only place that knows a machine's capacity. Two stacks on the same machine are invisible to each other: CrossGuard
judges one stack at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, fields
from functools import cached_property
from typing import Annotated, TypeVar

from fleet.frozen import dataclass
from fleet.labels import GROUP
from policy.views.cloudrun import RunGrantView, RunView
from policy.views.container import ContainerView
from policy.views.keys import of_stack, own
from policy.views.kubernetes import (
    AccountView,
    BindingView,
    DataView,
    DisruptionBudgetView,
    EntryView,
    NetworkPolicyView,
    ObjectView,
    PodView,
    PoolView,
    RoleView,
    ScalerView,
    ScheduleView,
    ServiceView,
)
from policy.views.selection import PodIndex

ViewT = TypeVar("ViewT")


NVIDIA = "nvidia"
"""Maker of a card whose machine states none."""


@dataclass(frozen=True, slots=True)
class CardView:
    """One GPU of a machine; memory in MiB."""

    name: str
    model: str
    capacity_mib: int
    desktop_reserve_mib: int
    context_mib: int
    """Cost of one CUDA process."""
    mps: bool = False
    """An MPS control daemon serves the card."""
    mps_uid: int | None = None
    mps_clients_max: int = 48
    device: str = ""
    """Index, UUID (`GPU-...`) or CDI name by which containers request it."""
    cuda: str = ""
    """Newest CUDA version its driver supports; empty if not stated."""
    unified: bool = False
    """It uses the machine's main memory."""
    vendor: str = NVIDIA
    """Maker: `nvidia`, `amd` or `intel`."""


@dataclass(frozen=True, slots=True)
class LinkView:
    """A LAN address that receives traffic: of a neighbour, or of the machine itself if others use it."""

    address: str
    machine: str
    encryption: str = ""
    """`wireguard`, `tailscale`, `vpn` or `tls`; empty if not stated."""
    accepted: str = ""
    """Why it is unencrypted; empty if not stated."""


SINGLE_BOARD = "single-board-computer"
"""`device_class` of boards such as the Raspberry Pi."""


@dataclass(frozen=True, slots=True)
class MachineView:
    """One machine as its component published it."""

    subject: str
    name: str
    memory_mib: Annotated[int, of_stack("machine.cluster.node_pools", "machine.memory")]
    memory_reserve_mib: int
    lan_address: Annotated[str, of_stack("machine.lan_address")]
    cards: Annotated[tuple[CardView, ...], of_stack("machine.gpus")] = ()
    subnets: Annotated[Mapping[str, str], of_stack("machine.network.subnet")] = field(default_factory=dict)
    """Every container subnet of the fleet, its own included: network name -> CIDR."""
    allowed_overlaps: tuple[str, ...] = ()
    """CIDRs that lie in Docker's default pools on purpose."""
    start_after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Every group of the fleet -> the groups it starts after."""
    memory_enforced: Annotated[str, of_stack("machine.memory_enforced")] = ""
    """`on`, `off` or `unstated` for a device whose stock OS ignores memory limits; empty for others."""
    device_class: str = ""
    """Class of device, such as `single-board-computer`; empty if not stated."""
    arch: str = ""
    """Architecture of its processor, `amd64` or `arm64`; empty if not stated, and for a cluster or a cloud."""
    agents: Mapping[str, int] | None = None
    """The manifest: group -> number of agents. None if not published."""
    links: tuple[LinkView, ...] = ()
    """Traffic between machines."""
    pools: Annotated[tuple[PoolView, ...], of_stack("machine.cluster.node_pools")] = ()
    """Node pools of a cluster."""
    pool_label: str = ""
    """Node label that holds the pool's name."""
    monthly_budget_usd: float | None = None
    """Budget; None if not stated."""
    monthly_cost_usd: Annotated[
        Mapping[str, float], of_stack("machine.cloud.budget.monthly_usd", "monthly_budget_usd")
    ] = field(default_factory=dict)
    """Cost at `idle`, `expected` and `maximum` load."""
    monthly_cost_unknown: tuple[str, ...] = ()
    """Items without a known price."""
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NetworkView:
    """A user-defined network."""

    subject: str
    name: str
    subnets: Annotated[tuple[str, ...], own("subnet")] = ()
    """CIDRs as given."""
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class VolumeView:
    """A named volume, or a cluster's claim of one."""

    subject: str
    name: str
    host: Annotated[str, of_stack("machine.connection")] = ""
    """Like the host of a container."""
    labels: Mapping[str, str] = field(default_factory=dict)
    device: Annotated[str, of_stack("machine.binds.{volume}")] = ""
    """Host directory or device behind it; empty for a volume that the daemon manages."""
    propagation: str = ""
    """As in Mount."""
    is_claim: bool = False
    """Kubernetes: a PersistentVolumeClaim."""
    protected: bool = False
    """It is protected from deletion."""
    in_cloud: bool = False
    """A bucket, or a database instance."""
    keeps_data: bool = False
    """Cloud: it is not deleted while it holds data."""
    copied: bool = False
    """Cloud: the service keeps backups or old versions."""
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ImageView:
    """An image that is built or pulled as a resource."""

    subject: str
    names: tuple[str, ...] = ()
    """Names by which containers may refer to it."""
    platforms: tuple[str, ...] = ()
    """As given, such as `linux/arm64`."""
    base: str = ""
    """Of a build: its argument BASE."""
    arguments: Annotated[Mapping[str, str], own("build")] = field(default_factory=dict)
    """Of a build: all of its arguments."""
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ProviderView:
    """A provider. `host` is the URL of its daemon, if set; `tls`: it has certificates."""

    subject: str
    package: str
    host: str | None = None
    namespace: str = ""
    """Kubernetes: default namespace of its objects."""
    tls: bool = False
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=False)
class StackView:
    """Everything registered, in registration order. Indexes are built on first use."""

    containers: tuple[ContainerView, ...] = ()
    networks: tuple[NetworkView, ...] = ()
    volumes: tuple[VolumeView, ...] = ()
    images: tuple[ImageView, ...] = ()
    machines: tuple[MachineView, ...] = ()
    providers: tuple[ProviderView, ...] = ()
    pods: tuple[PodView, ...] = ()
    services: tuple[ServiceView, ...] = ()
    network_policies: tuple[NetworkPolicyView, ...] = ()
    entries: tuple[EntryView, ...] = ()
    """Ingresses, gateways and their routes."""
    scalers: tuple[ScalerView, ...] = ()
    disruption_budgets: tuple[DisruptionBudgetView, ...] = ()
    namespaces: tuple[ObjectView, ...] = ()
    quotas: tuple[ObjectView, ...] = ()
    """Resource quotas and limit ranges."""
    accounts: tuple[AccountView, ...] = ()
    roles: tuple[RoleView, ...] = ()
    bindings: tuple[BindingView, ...] = ()
    config_maps: tuple[DataView, ...] = ()
    schedules: tuple[ScheduleView, ...] = ()
    """Velero's."""
    other_objects: tuple[ObjectView, ...] = ()
    """Secrets, priority classes and endpoint slices: rules only need their metadata."""
    runs: tuple[RunView, ...] = ()
    """Services, jobs and worker pools of Cloud Run."""
    run_grants: tuple[RunGrantView, ...] = ()
    """Grants of roles on those, and on the project."""
    urns: Mapping[str, str] = field(default_factory=dict)
    """Logical name -> URN; containers take precedence if two resources share a name."""

    @cached_property
    def pod_index(self) -> PodIndex:
        """Pods by place and label."""
        return PodIndex(self.pods)

    def pods_on(self, machine: MachineView) -> Iterator[tuple[PodView, str]]:
        """The pods of a cluster with a known node selector, each with the pool it names, or empty text."""
        for pod in self._pods_by_host.get(machine.subject, ()):
            if "node_selector" not in pod.unknown:
                yield pod, pod.node_selector.get(machine.pool_label, "")

    def on(self, machine: MachineView) -> Sequence[ContainerView]:
        """The containers of one machine."""
        return self._containers_by_host.get(machine.subject, ())

    def of_group(self, group: str) -> Sequence[ContainerView]:
        """The containers of a group."""
        return self._containers_by_group.get(group, ())

    def unknown(self, fields: Iterable[str]) -> dict[str, list[str]]:
        """Which of these fields (`containers.labels`) are unknown at preview -> logical names of the resources."""
        return {path: found for path in fields if (found := self._unknown.get(path))}

    @cached_property
    def _unknown(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for collection in (one.name for one in fields(self) if one.name != "urns"):
            for view in getattr(self, collection):
                for name in view.unknown:
                    found.setdefault(f"{collection}.{name}", []).append(view.subject)
        return found

    @cached_property
    def _containers_by_host(self) -> Mapping[str, list[ContainerView]]:
        return _grouped(self.containers, lambda container: container.host)

    @cached_property
    def _containers_by_group(self) -> Mapping[str, list[ContainerView]]:
        return _grouped(self.containers, lambda container: container.labels.get(GROUP, ""))

    @cached_property
    def _pods_by_host(self) -> Mapping[str, list[PodView]]:
        return _grouped(self.pods, lambda pod: pod.host)


def _grouped(views: Iterable[ViewT], key: Callable[[ViewT], str]) -> Mapping[str, list[ViewT]]:
    found: dict[str, list[ViewT]] = {}
    for view in views:
        found.setdefault(key(view), []).append(view)
    return found

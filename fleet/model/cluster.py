"""A Kubernetes cluster as a machine: its node pools, and how groups are reached, scaled and kept on it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from fleet import labels
from fleet.model.base import FrozenMap, Model, Name
from fleet.model.cost import Usd
from fleet.model.device import Arch
from fleet.model.gpu import Gpu
from fleet.model.quantities import MemoryMib

"""Node label that names a node's pool, where a cluster has no label of its own for it."""

HostName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$", max_length=253)
]
LabelKey = Annotated[str, StringConstraints(pattern=r"^([a-z0-9.-]+/)?[A-Za-z0-9._-]{1,63}$", max_length=253)]


class Sharing(StrEnum):
    """How a pool's cards are handed to pods."""

    WHOLE_DEVICE = "whole-device"
    """A pod holds a card alone: NVIDIA's device plugin as it is installed."""
    SHARED_DEVICE = "shared-device"
    """Several pods take turns on a card: the device plugin's time slicing. Nothing caps their memory."""
    MEMORY_AMOUNT = "memory-amount"
    """A pod gets an amount of a card's memory, and no more: HAMi."""


class PoolGpu(Gpu):
    """The cards of a node pool, all alike."""

    per_node: int = Field(default=1, ge=1, le=16)
    """Cards of a node."""
    sharing: Sharing = Sharing.WHOLE_DEVICE
    """How cards are handed to pods."""
    shares: int = Field(default=1, ge=1, le=48)
    """Pods that take turns on a card, for `shared-device`."""

    @model_validator(mode="after")
    def _is_shared_one_way(self) -> PoolGpu:
        if self.mps is not None:
            msg = "mps is a Docker machine's; a cluster's device plugin shares cards: set sharing instead"
            raise ValueError(msg)
        if (self.shares > 1) != (self.sharing is Sharing.SHARED_DEVICE):
            msg = f'shares {self.shares} does not go with sharing "{self.sharing}"; shared-device takes 2 or more'
            raise ValueError(msg)
        return self


class NodePool(Model):
    """Nodes that are alike. `cpus` and `memory` are one node's, without what the system keeps (allocatable)."""

    nodes: int = Field(ge=1, le=1000)
    """Number of nodes."""
    arch: Arch = Arch.AMD64
    """Their processor architecture."""
    cpus: int = Field(ge=1)
    """Processors of a node."""
    memory_mib: MemoryMib = Field(alias="memory")
    """Main memory of a node."""
    gpu: PoolGpu | None = None
    """Their cards; none without it."""
    usd_per_hour: Usd | None = None
    """What one node costs; without it, `fleet cost` says that nobody knows."""


class Exposure(Model):
    """An endpoint of a group that is reachable from outside the cluster, over TLS."""

    host: HostName
    """Its name on the internet, such as agents.example.org."""
    port: Name = "main"
    """Key of the group's port."""
    requests_per_second: int = Field(default=10, ge=1)
    """From one address, at an ingress; a gateway limits nothing by itself."""
    connections: int = Field(default=100, ge=1)
    """From one address at a time, at an ingress."""


class Entrance(Model):
    """How requests come into the cluster."""

    kind: Literal["ingress", "gateway"] = "ingress"
    """`gateway` (Gateway API) can split requests between two versions of a group; `ingress` cannot."""
    class_name: Name = "nginx"
    """Ingress class or gateway class."""
    namespace: Name = "ingress-nginx"
    """Namespace of what forwards the requests: the one that may reach exposed groups."""
    issuer: Name
    """Cluster issuer of cert-manager that signs the hosts' certificates."""
    exposed: FrozenMap[Name, Exposure] = Field(min_length=1)
    """Group -> how it is reached."""

    @model_validator(mode="after")
    def _limits_are_an_ingresss(self) -> Entrance:
        limits = {"requests_per_second", "connections"}
        for group, exposure in self.exposed.items():
            stated = sorted(limits & exposure.model_fields_set)
            if self.kind == "gateway" and stated:
                msg = f"exposed.{group}.{stated[0]} cannot be kept by a gateway; drop it, or set kind to ingress"
                raise ValueError(msg)
        return self


class Metrics(StrEnum):
    """How Prometheus finds a group's metrics."""

    ANNOTATIONS = "annotations"
    """By `prometheus.io/...` annotations of the pods."""
    SERVICE_MONITOR = "service-monitor"
    """By a ServiceMonitor, for the Prometheus operator."""
    NONE = "none"
    """Not at all."""


class Cluster(Model):
    """What a cluster has to give, and which of its parts a fleet uses."""

    namespace: Name = "fleet"
    """Namespace of the groups without a tenant; a tenant's is `<namespace>-<tenant>`."""
    node_pools: FrozenMap[Name, NodePool] = Field(min_length=1)
    """Pool's name -> its nodes."""
    pool_label: LabelKey = labels.POOL
    """Label of a node that names its pool."""
    storage_class: Name | None = None
    """Class of volumes that one pod mounts; without it, the cluster's default."""
    ssd_storage_class: Name | None = None
    """Class of volumes whose medium is ssd."""
    shared_storage_class: Name | None = None
    """Class of volumes that pods on several nodes mount (ReadWriteMany); without it there are none."""
    volume_size_mib: MemoryMib = Field(default=10240, alias="volume_size")
    """Size of a volume whose group states none: a claim must."""
    entrance: Entrance | None = None
    """How requests come in; without it, none do."""
    metrics: Metrics = Metrics.ANNOTATIONS
    """How Prometheus finds a group's metrics."""
    metrics_namespace: Name = "monitoring"
    """Namespace of the Prometheus that may read metrics."""
    autoscaler: Literal["built-in", "keda"] = "built-in"
    """`keda` also scales on the signals a group names; `built-in` (HorizontalPodAutoscaler) on CPU and memory."""
    prometheus: str = Field(default="http://prometheus.monitoring:9090", pattern=r"^https?://\S+$")
    """Where KEDA asks for a group's signals."""

    def namespace_of(self, tenant: str | None) -> str:
        """Namespace of a tenant's groups, and of the shared ones for None."""
        return f"{self.namespace}-{tenant}" if tenant else self.namespace

    @property
    def cpus(self) -> int:
        """Processors of all nodes."""
        return sum(pool.nodes * pool.cpus for pool in self.node_pools.values())

    @property
    def memory_mib(self) -> int:
        """Main memory of all nodes."""
        return sum(pool.nodes * pool.memory_mib for pool in self.node_pools.values())

"""A Kubernetes cluster as a machine: node pools, ingress, storage, scaling and metrics."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from fleet.model.base import Breach, Form, FrozenMap, Model, Name, Whole, rule
from fleet.model.cost import Usd
from fleet.model.device import Arch
from fleet.model.gpu import Gpu
from fleet.model.hosts import NOT_PUBLIC, EntranceName, WebAddress
from fleet.model.quantities import CPUS_MAX, MemoryMib
from fleet.model.vendor import Vendor
from fleet.source.defaults import POOL_LABEL
from fleet.source.redaction import shown

_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_SUBDOMAIN_MAX = 253
_WORD = "[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"


def _has_short_prefix(key: str) -> str:
    if len(key.rpartition("/")[0]) > _SUBDOMAIN_MAX:
        msg = f"{shown(key)} has a prefix of more than {_SUBDOMAIN_MAX} characters; shorten it"
        raise ValueError(msg)
    return key


LabelKey = Annotated[
    str,
    StringConstraints(pattern=rf"^({_SUBDOMAIN}/)?{_WORD}$", max_length=317),
    AfterValidator(_has_short_prefix),
    Form("write it like example.org/pool"),
]
"""Key of a label: a name of 63 characters, after a DNS subdomain and a slash if it has one (apimachinery's
IsQualifiedName)."""

ObjectName = Annotated[
    str,
    StringConstraints(pattern=rf"^{_SUBDOMAIN}$", max_length=_SUBDOMAIN_MAX),
    Form('use lower-case letters, digits, "-" and "."'),
]
"""Name of an object of the cluster's owner, such as a storage class: a DNS subdomain."""


class Sharing(StrEnum):
    """How a pool's GPUs are allocated to pods."""

    WHOLE_DEVICE = "whole-device"
    """A pod has a card alone: NVIDIA's device plugin with its defaults."""
    SHARED_DEVICE = "shared-device"
    """Several pods share a card by the device plugin's time slicing. Nothing limits their memory."""
    MEMORY_AMOUNT = "memory-amount"
    """HAMi limits a pod to an amount of a card's memory."""


class PoolGpu(Gpu):
    """The cards of a node pool, all alike."""

    per_node: Whole = Field(default=1, ge=1, le=16)
    """Cards per node."""
    sharing: Sharing = Sharing.WHOLE_DEVICE
    """How cards are allocated to pods."""
    shares: Whole = Field(default=1, ge=1, le=48)
    """Pods per card, for `shared-device`."""
    intel_driver: Literal["i915", "xe"] = "i915"
    """Kernel driver of an `intel` card, which names its resource: `gpu.intel.com/i915` or `gpu.intel.com/xe`."""

    @property
    def resource(self) -> str:
        """Extended resource that the nodes advertise for their cards."""
        if self.vendor is Vendor.NVIDIA and self.sharing is Sharing.SHARED_DEVICE:
            return "nvidia.com/gpu.shared"
        return self.taint

    @property
    def taint(self) -> str:
        """Key of the usual taint of nodes with such cards."""
        return f"gpu.intel.com/{self.intel_driver}" if self.vendor is Vendor.INTEL else f"{self.vendor}.com/gpu"

    @rule
    def _vendor_shares_so(self) -> Iterator[Breach]:
        hami = self.sharing is Sharing.MEMORY_AMOUNT and self.vendor is not Vendor.NVIDIA
        if hami or (self.sharing is Sharing.SHARED_DEVICE and self.vendor is Vendor.AMD):
            ways = "whole-device or shared-device" if self.vendor is Vendor.INTEL else "whole-device"
            yield ("sharing",), f'"{self.sharing}" is not available for cards of {self.vendor}; use {ways}'
        if "intel_driver" in self.model_fields_set and self.vendor is not Vendor.INTEL:
            yield ("intel_driver",), f"intel_driver has no effect on cards of {self.vendor}; drop it"

    @rule
    def _scheduler_chooses_the_card(self) -> Iterator[Breach]:
        given = {PoolGpu.model_fields[name].alias or name for name in self.model_fields_set}
        for key in sorted({"device", "driver", "desktop_reserve"} & given):
            yield (key,), f"{key} has no effect on a cluster, where the device plugin assigns whole cards; drop it"
        if self.unified:
            text = "unified is not supported on a cluster; drop it, and lower the nodes' memory by what cards may use"
            yield ("unified",), text

    @rule
    def _is_shared_one_way(self) -> Iterator[Breach]:
        if self.mps is not None:
            text = "mps is not supported on a cluster, where the device plugin shares cards; set sharing instead"
            yield ("mps",), text
        if (self.shares > 1) != (self.sharing is Sharing.SHARED_DEVICE):
            text = f'shares {self.shares} does not match sharing "{self.sharing}"; only shared-device takes 2 or more'
            yield ("shares",), text


class NodePool(Model):
    """Identical nodes. `cpus` and `memory` are the allocatable ones of one node."""

    nodes: Whole = Field(ge=1, le=1000)
    """Number of nodes."""
    arch: Arch = Arch.AMD64
    """CPU architecture."""
    cpus: Whole = Field(ge=1, le=CPUS_MAX)
    """CPUs per node."""
    memory_mib: MemoryMib = Field(alias="memory")
    """Memory per node."""
    gpu: PoolGpu | None = None
    """GPUs of the nodes."""
    usd_per_hour: Usd | None = None
    """Price of one node; `fleet cost` lists it as unpriced without it."""


_PUBLIC_ISSUER = "letsencrypt"
"""In the name of an issuer of cert-manager, as its documents name those of Let's Encrypt."""


class Exposure(Model):
    """An endpoint that is exposed outside the cluster, over TLS."""

    host: EntranceName
    """Public host name, such as agents.example.org."""
    port: Name = "main"
    """Key of the group's port."""
    requests_per_second: Whole = Field(default=10, ge=1, le=1_000_000)
    """Limit per client address, for an ingress; a gateway has no limits of its own."""
    connections: Whole = Field(default=100, ge=1, le=1_000_000)
    """Concurrent connections per client address, for an ingress."""


class Entrance(Model):
    """How requests enter the cluster."""

    kind: Literal["ingress", "gateway"] = "ingress"
    """`gateway` (Gateway API) can split requests between two versions of a group; `ingress` cannot."""
    class_name: ObjectName = "nginx"
    """Ingress class or gateway class."""
    namespace: Name = "ingress-nginx"
    """Namespace of the ingress controller or gateway, which may reach exposed groups."""
    issuer: ObjectName
    """cert-manager ClusterIssuer that signs the hosts' certificates."""
    exposed: FrozenMap[Name, Exposure] = Field(min_length=1)
    """Group -> how it is exposed."""

    @rule
    def _hosts_can_be_certified(self) -> Iterator[Breach]:
        for group, exposure in self.exposed.items() if _PUBLIC_ISSUER in self.issuer else ():
            if exposure.host.endswith(NOT_PUBLIC):
                problem = f"{self.issuer} signs no certificate for {exposure.host}, which is no name on the internet"
                remedy = "use a public name, or an issuer with a CA of your own"
                yield ("exposed", group, "host"), f"{problem}; {remedy}"

    @rule
    def _gateway_has_no_limits(self) -> Iterator[Breach]:
        for group, exposure in self.exposed.items() if self.kind == "gateway" else ():
            for limit in sorted({"requests_per_second", "connections"} & exposure.model_fields_set):
                text = f"{limit} is not supported by a gateway; drop it, or set kind to ingress"
                yield ("exposed", group, limit), text


class Metrics(StrEnum):
    """How Prometheus discovers a group's metrics."""

    ANNOTATIONS = "annotations"
    """`prometheus.io/...` annotations on the pods."""
    SERVICE_MONITOR = "service-monitor"
    """A ServiceMonitor, for the Prometheus operator."""
    NONE = "none"
    """Not at all."""


_ARCH_LABELS = ("kubernetes.io/arch", "beta.kubernetes.io/arch")
_OS_LABELS = ("kubernetes.io/os", "beta.kubernetes.io/os")
_HOST_LABEL = "kubernetes.io/hostname"
_ROLE_LABELS = "node-role.kubernetes.io/"
"""Labels that the kubelet or an installer gives a value: kubernetes.io/docs/reference/labels-annotations-taints."""


def _unlabelled(pool: str, nodes: NodePool, label: str) -> str:
    """Why no node, or not all of a pool, has the pool's name under a label; empty if they may."""
    if label in _ARCH_LABELS and pool != nodes.arch:
        return f'to "{nodes.arch}" on the nodes of {pool}'
    if label in _OS_LABELS and pool != "linux":
        return f'to "linux" on the nodes of {pool}'
    if label == _HOST_LABEL and nodes.nodes > 1:
        return f"to another name on each of the {nodes.nodes} nodes of {pool}"
    return f'to "" or "true" on the nodes of {pool}' if label.startswith(_ROLE_LABELS) else ""


class Cluster(Model):
    """A cluster's capacity, and the parts of it that a fleet uses."""

    namespace: Name = "fleet"
    """Namespace of the groups without a tenant; a tenant's is `<namespace>-<tenant>`."""
    node_pools: FrozenMap[Name, NodePool] = Field(min_length=1)
    """Pool name -> its nodes."""
    pool_label: LabelKey = POOL_LABEL
    """Node label that names the pool."""
    storage_class: ObjectName | None = None
    """Storage class of volumes that one pod mounts; defaults to the cluster's."""
    ssd_storage_class: ObjectName | None = None
    """Storage class of volumes with medium ssd."""
    shared_storage_class: ObjectName | None = None
    """Storage class of volumes that pods on several nodes mount (ReadWriteMany)."""
    volume_size_mib: MemoryMib = Field(default=10240, alias="volume_size")
    """Default size of a volume: a claim requires one."""
    entrance: Entrance | None = None
    """How requests enter the cluster; without it, none do."""
    metrics: Metrics = Metrics.ANNOTATIONS
    """How Prometheus discovers a group's metrics."""
    metrics_namespace: Name = "monitoring"
    """Namespace of the Prometheus that may read metrics."""
    autoscaler: Literal["built-in", "keda"] = "built-in"
    """`built-in` (HorizontalPodAutoscaler) scales on CPU and memory, `keda` also on a group's signals."""
    prometheus: WebAddress = "http://prometheus.monitoring:9090"
    """Prometheus that KEDA queries for a group's signals."""

    @rule
    def _pools_are_labelled(self) -> Iterator[Breach]:
        for pool, nodes in self.node_pools.items():
            if wrong := _unlabelled(pool, nodes, self.pool_label):
                remedy = f"drop it and label the nodes {POOL_LABEL}=<pool>, or use a label of your own"
                yield ("pool_label",), f"{self.pool_label} is set by Kubernetes, {wrong}; {remedy}"
                return

    @rule
    def _namespace_is_its_own(self) -> Iterator[Breach]:
        others = {"metrics_namespace": self.metrics_namespace}
        if self.entrance:
            others["entrance.namespace"] = self.entrance.namespace
        owner = next((field for field, name in others.items() if name == self.namespace), None)
        # Its priority classes are called <namespace>-<tier>, and system-* are reserved.
        reserved = self.namespace in ("default", "system") or self.namespace.startswith(("kube-", "system-"))
        if reserved or owner:
            whose = f"is also {owner}" if owner else "belongs to Kubernetes"
            text = f'namespace "{self.namespace}" {whose}; choose one that the fleet creates, such as fleet'
            yield ("namespace",), text

    def namespace_of(self, tenant: str | None) -> str:
        """Namespace of a tenant's groups; of the shared groups for None."""
        return f"{self.namespace}-{tenant}" if tenant else self.namespace

    @property
    def cpus(self) -> int:
        """CPUs of all nodes."""
        return sum(pool.nodes * pool.cpus for pool in self.node_pools.values())

    @property
    def memory_mib(self) -> int:
        """Memory of all nodes."""
        return sum(pool.nodes * pool.memory_mib for pool in self.node_pools.values())

"""What a Kubernetes cluster holds beside containers, as rules see it: pods as a whole, and the objects around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated

from fleet.frozen import dataclass
from policy.views.container import ContainerView
from policy.views.keys import of_group, of_stack
from policy.views.label_selectors import Selector

DEFAULT_NAMESPACE = "default"

Place = tuple[str, str]
"""(cluster, namespace)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectView:
    """What every Kubernetes object has."""

    subject: str
    """Logical name of the resource."""
    kind: str
    """`Deployment`, `Service`..."""
    name: str
    """`metadata.name`; the logical name where none is given."""
    urn: str = ""
    host: Annotated[str, of_stack("machine.connection")] = ""
    """The cluster: like a container's host."""
    namespace: Annotated[str, of_group("tenant")] = ""
    """As given, else the provider's; empty for what belongs to no namespace, and where a resource is read alone."""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()

    @property
    def place(self) -> Place | None:
        """Where it is; None while its namespace is unknown."""
        return None if "namespace" in self.unknown else (self.host, self.namespace)


@dataclass(frozen=True, slots=True)
class PodVolume:
    """A volume of a pod."""

    name: str
    kind: str
    """Kubernetes' word: `emptyDir`, `hostPath`, `persistentVolumeClaim`...; empty where none is given."""
    source: str = ""
    """Path on the host or name of the claim."""
    read_only: bool = False
    in_memory: bool = False
    size_limited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PodView(ObjectView):
    """A pod, or the template that a workload makes pods of. Name, labels and annotations are the workload's own."""

    kind: Annotated[str, of_group("rollout")]
    pod_labels: Mapping[str, str] = field(default_factory=dict)
    pod_annotations: Mapping[str, str] = field(default_factory=dict)
    selector: Selector | None = None
    """Of the workload, for its own pods."""
    replicas: Annotated[int | None, of_group("scaling.min")] = None
    """As given; None leaves it to a scaler, or to the default of one."""
    strategy: Annotated[str, of_group("rollout")] = ""
    """`RollingUpdate`, `Recreate`, `OnDelete` or empty for the default."""
    surge: Annotated[str, of_group("rollout.surge")] = ""
    """Deployment: pods above the wanted number while it rolls, a number or percent; empty for the default."""
    unavailable: str = ""
    """Deployment: pods that may be missing while it rolls, in the same way."""
    bare: bool = False
    """Nothing starts it anew elsewhere when its node is gone."""
    ends_by_itself: bool = False
    """A job."""
    service_account: str = ""
    token: bool | None = None
    """Whether it says that the account's token is mounted."""
    security_context: bool = False
    sysctls: tuple[str, ...] = ()
    host_aliases: tuple[str, ...] = ()
    volumes: Annotated[tuple[PodVolume, ...], of_group("volumes")] = ()
    spread: bool = False
    """It asks to be kept apart from its own kind: by anti-affinity or spread over nodes."""
    host_network: bool = False
    node_selector: Mapping[str, str] = field(default_factory=dict)
    priority_class: str = ""
    containers: tuple[ContainerView, ...] = ()

    @property
    def run_labels(self) -> Mapping[str, str]:
        """Its pods' labels, with those that their controller adds."""
        added: Mapping[str, str] = {}
        if self.kind == "StatefulSet":
            added = {"statefulset.kubernetes.io/pod-name": f"{self.name}-0", "apps.kubernetes.io/pod-index": "0"}
        elif self.kind == "Job":
            added = {"job-name": self.name, "batch.kubernetes.io/job-name": self.name}
        return {**added, **self.pod_labels} if added else self.pod_labels


@dataclass(frozen=True, slots=True)
class ServicePort:
    """A port of a service, and the one it leads to: a number or a container port's name."""

    number: int
    target: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceView(ObjectView):
    """A service."""

    type: str = "ClusterIP"
    selector: Mapping[str, str] = field(default_factory=dict)
    ports: Annotated[tuple[ServicePort, ...], of_group("ports")] = ()
    external_ips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Allowance:
    """One ingress or egress rule of a network policy."""

    everywhere: bool
    """From or to anybody."""
    ports: tuple[tuple[str, str], ...] = ()
    """(protocol in capitals, number or name); empty is every port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPolicyView(ObjectView):
    """A network policy. None in place of a list of rules: it does not isolate in that direction."""

    selector: Selector = field(default_factory=Selector)
    ingress: Annotated[tuple[Allowance, ...] | None, of_group("ports")] = None
    egress: Annotated[tuple[Allowance, ...] | None, of_group("peers")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView(ObjectView):
    """An ingress, a gateway or a route of one: what leads from outside to services."""

    hosts: Annotated[tuple[str, ...], of_stack("machine.cluster.entrance")] = ()
    """As given; empty where a rule names none, which means every host."""
    tls_hosts: Annotated[tuple[str, ...], of_stack("machine.cluster.entrance")] = ()
    encrypted: bool = False
    """Ingress: it has TLS at all; gateway: one of its listeners has. A route has what its gateway has."""
    backends: Annotated[tuple[tuple[str, str], ...], of_stack("machine.cluster.entrance")] = ()
    """(namespace or empty, name) of each service it leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalerView(ObjectView):
    """A HorizontalPodAutoscaler, or KEDA's ScaledObject."""

    target_kind: str = ""
    target_name: str = ""
    least: int = 1
    most: Annotated[int, of_group("scaling.max")] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DisruptionBudgetView(ObjectView):
    """A PodDisruptionBudget; without a selector it selects nothing."""

    selector: Selector | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView(ObjectView):
    """A service account; `token` as a pod's."""

    token: bool | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """One rule of a role."""

    groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleView(ObjectView):
    """A role, or a cluster's."""

    grants: tuple[Grant, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingView(ObjectView):
    """Who has a role: subjects are (kind, namespace or empty, name)."""

    role_kind: str = ""
    role_name: str = ""
    subjects: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataView(ObjectView):
    """A config map; texts only. (A secret's values are Pulumi's to hide.)"""

    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleView(ObjectView):
    """Velero's Schedule of backups."""

    cron: str = ""


@dataclass(frozen=True, slots=True)
class PoolView:
    """Nodes of a cluster that are alike; memory in MiB, per node and per card."""

    name: str
    nodes: int
    memory_mib: int
    gpus: int = 0
    """Cards of a node."""
    gpu_model: str = ""
    gpu_memory_mib: int = 0
    sharing: str = "none"
    """`none`, `whole-device`, `shared-device` or `memory-amount`: how a card is handed out."""
    shared_replicas: int = 1
    """Pods that may share a card, where it is a shared device."""
    context_mib: int = 0
    """Cost of one CUDA process."""
    cuda: str = ""
    """Newest CUDA that the nodes' driver runs; empty if not stated."""
    arch: str = ""
    """Architecture of its processors, `amd64` or `arm64`; empty if not stated."""

    @property
    def cards(self) -> int:
        """Cards of the pool."""
        return self.nodes * self.gpus

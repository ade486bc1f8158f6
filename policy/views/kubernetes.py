"""Views of Kubernetes objects other than containers: pods as a whole, and the objects around them."""

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
    """`metadata.name`, else the logical name."""
    urn: str = ""
    host: Annotated[str, of_stack("machine.connection")] = ""
    """The cluster, like the host of a container."""
    namespace: Annotated[str, of_group("tenant")] = ""
    """As given, else the provider's; empty for cluster-wide objects, and for a resource that is read alone."""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()

    @property
    def place(self) -> Place | None:
        """(cluster, namespace); None while the namespace is unknown."""
        return None if "namespace" in self.unknown else (self.host, self.namespace)


@dataclass(frozen=True, slots=True)
class PodVolume:
    """A volume of a pod."""

    name: str
    kind: str
    """`emptyDir`, `hostPath`, `persistentVolumeClaim`...; empty if not set."""
    source: str = ""
    """Path on the host or name of the claim."""
    read_only: bool = False
    in_memory: bool = False
    size_limited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PodView(ObjectView):
    """A pod, or the pod template of a workload. Name, labels and annotations are those of the workload."""

    kind: Annotated[str, of_group("rollout")]
    pod_labels: Mapping[str, str] = field(default_factory=dict)
    pod_annotations: Mapping[str, str] = field(default_factory=dict)
    selector: Selector | None = None
    """Selector of the workload for its own pods."""
    replicas: Annotated[int | None, of_group("scaling.min")] = None
    """As given; None leaves it to an autoscaler, or to the default of one."""
    strategy: Annotated[str, of_group("rollout")] = ""
    """`RollingUpdate`, `Recreate`, `OnDelete` or empty for the default."""
    surge: Annotated[str, of_group("rollout.surge")] = ""
    """Deployment: maxSurge, a number or percentage; empty for the default."""
    unavailable: str = ""
    """Deployment: maxUnavailable, in the same form."""
    bare: bool = False
    """No controller reschedules it when its node is gone."""
    ends_by_itself: bool = False
    """A job."""
    service_account: str = ""
    token: bool | None = None
    """automountServiceAccountToken; None if not set."""
    security_context: bool = False
    sysctls: tuple[str, ...] = ()
    host_aliases: tuple[str, ...] = ()
    volumes: Annotated[tuple[PodVolume, ...], of_group("volumes")] = ()
    spread: bool = False
    """It has pod anti-affinity or topology spread constraints."""
    host_network: bool = False
    node_selector: Mapping[str, str] = field(default_factory=dict)
    priority_class: str = ""
    containers: tuple[ContainerView, ...] = ()

    @property
    def run_labels(self) -> Mapping[str, str]:
        """Labels of its pods, including those that the controller adds."""
        added: Mapping[str, str] = {}
        if self.kind == "StatefulSet":
            added = {"statefulset.kubernetes.io/pod-name": f"{self.name}-0", "apps.kubernetes.io/pod-index": "0"}
        elif self.kind == "Job":
            added = {"job-name": self.name, "batch.kubernetes.io/job-name": self.name}
        return {**added, **self.pod_labels} if added else self.pod_labels


@dataclass(frozen=True, slots=True)
class ServicePort:
    """A port of a service and its target: a number or the name of a container port."""

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
    """It applies to all peers."""
    ports: tuple[tuple[str, str], ...] = ()
    """(protocol in upper case, number or name); empty for every port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPolicyView(ObjectView):
    """A network policy. None instead of rules if it does not isolate in that direction."""

    selector: Selector = field(default_factory=Selector)
    ingress: Annotated[tuple[Allowance, ...] | None, of_group("ports")] = None
    egress: Annotated[tuple[Allowance, ...] | None, of_group("peers")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView(ObjectView):
    """An ingress, a gateway or a route of one."""

    hosts: Annotated[tuple[str, ...], of_stack("machine.cluster.entrance")] = ()
    """As given; empty text for a rule without a host, which matches every host."""
    tls_hosts: Annotated[tuple[str, ...], of_stack("machine.cluster.entrance")] = ()
    encrypted: bool = False
    """An ingress has TLS, or one listener of a gateway has. Not set for routes."""
    backends: Annotated[tuple[tuple[str, str], ...], of_stack("machine.cluster.entrance")] = ()
    """(namespace or empty, name) of each backend service."""


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
    """A service account; `token` as in PodView."""

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
    """A Role or ClusterRole."""

    grants: tuple[Grant, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingView(ObjectView):
    """A RoleBinding or ClusterRoleBinding; subjects are (kind, namespace or empty, name)."""

    role_name: str = ""
    subjects: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataView(ObjectView):
    """A config map; texts only. (Pulumi hides the values of secrets.)"""

    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleView(ObjectView):
    """Velero's Schedule of backups."""

    cron: str = ""


@dataclass(frozen=True, slots=True)
class PoolView:
    """A pool of identical nodes; memory in MiB, per node and per card."""

    name: str
    nodes: int
    memory_mib: int
    gpus: int = 0
    """Cards of a node."""
    gpu_model: str = ""
    gpu_vendor: str = "nvidia"
    """Maker of the cards: `nvidia`, `amd` or `intel`."""
    gpu_resource: str = ""
    """Resource by which containers request a card; empty if not stated."""
    gpu_memory_mib: int = 0
    sharing: str = "none"
    """How cards are shared: `none`, `whole-device`, `shared-device` or `memory-amount`."""
    shared_replicas: int = 1
    """Pods that may share a card with `shared-device`."""
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

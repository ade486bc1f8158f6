"""Network policies: only DNS, the declared edges, the entrance and Prometheus are allowed."""

from __future__ import annotations

from collections.abc import Iterator

from components.kubernetes.manifests.base import NAMESPACE_NAME_LABEL, Manifest, owned, selector, shared
from components.objects import Object
from fleet.labels import GROUP
from fleet.model import Cluster, Metrics
from fleet.model.hosts import NOT_INTERNET
from fleet.network.kubernetes_names import DEFAULT_DENY, DNS_POLICY
from fleet.plan.deployment import Deployment, Edge, PlannedGroup

_POLICY = "networking.k8s.io/v1/NetworkPolicy"


def namespace_policies(namespace: str) -> Iterator[Manifest]:
    """Deny everything but DNS to every pod of a namespace."""
    deny = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    yield shared(f"{namespace}-{DEFAULT_DENY}", _POLICY, DEFAULT_DENY, namespace, spec=deny)
    ports = [_port(53, protocol) for protocol in ("UDP", "TCP")]
    to = {**_namespace("kube-system"), "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
    dns = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [to], "ports": ports}]}
    yield shared(f"{namespace}-{DNS_POLICY}", _POLICY, DNS_POLICY, namespace, spec=dns)


def group_policy(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> Manifest:
    """What a group's edges allow: who may connect to it, and what it may connect to."""
    rules = {
        "ingress": [*_from_groups(group, deployment, cluster), *_from_outside(group, cluster)],
        "egress": [*_to_endpoints(group, deployment, cluster), *_to_internet(group)],
    }
    spec = {
        "podSelector": {"matchLabels": selector(group)},
        "policyTypes": ["Ingress", "Egress"],
        **{direction: found for direction, found in rules.items() if found},
    }
    return owned("edges", _POLICY, group, deployment, spec=spec)


def _from_groups(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> Iterator[Object]:
    sources: dict[tuple[int, str], set[str]] = {}
    for edge in deployment.edges:
        if edge.target == group.name and edge.address is None:
            sources.setdefault((edge.port, edge.protocol), set()).add(edge.source)
    for (port, protocol), names in sorted(sources.items()):
        yield {"from": [_pods(name, deployment, cluster) for name in sorted(names)], "ports": [_port(port, protocol)]}


def _from_outside(group: PlannedGroup, cluster: Cluster) -> Iterator[Object]:
    exposure = group.operation.exposure
    if exposure and cluster.entrance:
        port = next(port for port in group.ports if port.key == exposure.port)
        yield {"from": [_namespace(cluster.entrance.namespace)], "ports": [_port(port.port, port.protocol)]}
    main = group.containers[0]
    if cluster.metrics is not Metrics.NONE and main.agents and main.health.http:
        yield {"from": [_namespace(cluster.metrics_namespace)], "ports": [_port(main.health.http.port, "tcp")]}


def _to_endpoints(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> Iterator[Object]:
    targets: dict[tuple[str, str | None], list[Edge]] = {}
    for edge in deployment.edges:
        if edge.source == group.name:
            targets.setdefault((edge.target, edge.address), []).append(edge)
    for (target, address), edges in sorted(targets.items(), key=lambda item: item[0][0]):
        to = {"ipBlock": {"cidr": f"{address}/32"}} if address else _pods(target, deployment, cluster)
        yield {"to": [to], "ports": [_port(edge.port, edge.protocol) for edge in edges]}


def _to_internet(group: PlannedGroup) -> Iterator[Object]:
    # Network policies do not support host names: the port is open to every public address, as the plan reports.
    ports = sorted({int(endpoint.rpartition(":")[2]) for endpoint in group.operation.outside})
    if ports:
        anywhere = {"ipBlock": {"cidr": "0.0.0.0/0", "except": list(NOT_INTERNET)}}
        yield {"to": [anywhere], "ports": [_port(port, "tcp") for port in ports]}


def _pods(group: str, deployment: Deployment, cluster: Cluster) -> Object:
    tenants = {planned.name: planned.tenant for planned in deployment.groups}
    return {**_namespace(cluster.namespace_of(tenants[group])), "podSelector": {"matchLabels": {GROUP: group}}}


def _namespace(name: str) -> Object:
    return {"namespaceSelector": {"matchLabels": {NAMESPACE_NAME_LABEL: name}}}


def _port(port: int, protocol: str) -> Object:
    return {"protocol": protocol.upper(), "port": port}

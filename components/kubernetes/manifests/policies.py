"""Network policies: nothing is allowed but names, the declared edges, the entrance and the metrics reader."""

from __future__ import annotations

from collections.abc import Iterator

from components.kubernetes.manifests.base import (
    MANAGED_BY,
    NAMESPACE_NAME_LABEL,
    Manifest,
    Object,
    api_object,
    metadata,
    selector,
)
from fleet.labels import GROUP
from fleet.model import Cluster, Metrics
from fleet.plan.deployment import Deployment, Edge, PlannedGroup

_POLICY = "networking.k8s.io/v1"
_DNS_PORT = 53
_PRIVATE = ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
"""What is not the internet: other machines, the cluster itself, and the metadata service of a cloud."""


def namespace_policies(namespace: str) -> Iterator[Manifest]:
    """For every pod of a namespace: nothing but looking up names."""
    about = {"namespace": namespace, "labels": dict(MANAGED_BY)}
    deny = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    yield Manifest(
        f"{namespace}-default-deny",
        None,
        api_object(_POLICY, "NetworkPolicy", {"name": "default-deny", **about}, spec=deny),
    )
    ports = [{"protocol": protocol, "port": _DNS_PORT} for protocol in ("UDP", "TCP")]
    to = {**_namespace("kube-system"), "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
    names = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [to], "ports": ports}]}
    yield Manifest(
        f"{namespace}-names", None, api_object(_POLICY, "NetworkPolicy", {"name": "names", **about}, spec=names)
    )


def group_policy(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> Manifest:
    """Exactly what a group declares: who may reach it, and what it may reach."""
    spec: Object = {"podSelector": {"matchLabels": selector(group)}, "policyTypes": ["Ingress", "Egress"]}
    ingress = [*_from_groups(group, deployment, cluster), *_from_outside(group, cluster)]
    egress = [*_to_endpoints(group, deployment, cluster), *_to_internet(group)]
    if ingress:
        spec["ingress"] = ingress
    if egress:
        spec["egress"] = egress
    policy = api_object(_POLICY, "NetworkPolicy", metadata(group, deployment), spec=spec)
    return Manifest(f"{group.name}-edges", group.name, policy)


def _from_groups(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> Iterator[Object]:
    mine = [edge for edge in deployment.edges if edge.target == group.name and edge.address is None]
    for port, protocol in sorted({(edge.port, edge.protocol) for edge in mine}):
        sources = sorted({edge.source for edge in mine if (edge.port, edge.protocol) == (port, protocol)})
        yield {"from": [_pods(source, deployment, cluster) for source in sources], "ports": [_port(port, protocol)]}


def _from_outside(group: PlannedGroup, cluster: Cluster) -> Iterator[Object]:
    exposure = group.operation.exposure
    if exposure and cluster.entrance:
        port = next(port for port in group.ports if port.key == exposure.port)
        yield {"from": [_namespace(cluster.entrance.namespace)], "ports": [_port(port.port, port.protocol)]}
    main = group.containers[0]
    if cluster.metrics is not Metrics.NONE and main.agents and main.health.http:
        yield {"from": [_namespace(cluster.metrics_namespace)], "ports": [_port(main.health.http.port, "tcp")]}


def _to_endpoints(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> Iterator[Object]:
    mine = [edge for edge in deployment.edges if edge.source == group.name]
    places: dict[tuple[str, str | None], list[Edge]] = {}
    for edge in mine:
        places.setdefault((edge.target, edge.address), []).append(edge)
    for (target, address), found in sorted(places.items(), key=lambda item: item[0][0]):
        to = {"ipBlock": {"cidr": f"{address}/32"}} if address else _pods(target, deployment, cluster)
        yield {"to": [to], "ports": [_port(edge.port, edge.protocol) for edge in found]}


def _to_internet(group: PlannedGroup) -> Iterator[Object]:
    """A network policy knows no host names: the port is open to every public address, and the plan says so."""
    ports = sorted({int(place.rpartition(":")[2]) for place in group.operation.outside})
    if ports:
        anywhere = {"ipBlock": {"cidr": "0.0.0.0/0", "except": list(_PRIVATE)}}
        yield {"to": [anywhere], "ports": [_port(port, "tcp") for port in ports]}


def _pods(group: str, deployment: Deployment, cluster: Cluster) -> Object:
    tenants = {planned.name: planned.tenant for planned in deployment.groups}
    return {
        **_namespace(cluster.namespace_of(tenants[group])),
        "podSelector": {"matchLabels": {GROUP: group}},
    }


def _namespace(name: str) -> Object:
    return {"namespaceSelector": {"matchLabels": {NAMESPACE_NAME_LABEL: name}}}


def _port(port: int, protocol: str) -> Object:
    return {"protocol": protocol.upper(), "port": port}

"""Services: a group's, each version's, and those of endpoints on other machines."""

from __future__ import annotations

from collections.abc import Iterator

from components.kubernetes.manifests.base import Manifest, live_track, owned, port_name, selector, shared, tracks
from components.objects import MANAGED_BY, Object
from fleet.model import Cluster
from fleet.plan.deployment import Deployment, Edge, PlannedGroup


def services(group: PlannedGroup, deployment: Deployment) -> Iterator[Manifest]:
    """The group's service, and one per version during a rollout."""
    ports = [
        {
            "name": port_name(port.port, port.protocol, port.scheme),
            "port": port.port,
            "targetPort": port.port,
            "protocol": port.protocol.upper(),
        }
        for port in group.ports
    ]
    if not ports:
        return
    selected = ((None, live_track(group)), *((track, track) for track, _ in tracks(group)))
    for track, receiver in selected:
        spec = {"type": "ClusterIP", "selector": selector(group, receiver), "ports": ports}
        yield owned("service", "v1/Service", group, deployment, track, spec=spec)


def services_elsewhere(deployment: Deployment, cluster: Cluster) -> Iterator[Manifest]:
    """A service for each endpoint on another machine, in every namespace that uses it."""
    tenants = {group.name: group.tenant for group in deployment.groups}
    used: dict[tuple[str, str], set[Edge]] = {}
    for edge in deployment.edges:
        if edge.address and edge.name:
            used.setdefault((cluster.namespace_of(tenants[edge.source]), edge.name), set()).add(edge)
    for (namespace, name), edges in sorted(used.items()):
        ports: list[Object] = [
            {"name": f"{protocol}-{port}", "port": port, "protocol": protocol.upper()}
            for port, protocol in sorted({(edge.port, edge.protocol) for edge in edges})
        ]
        spec = {"type": "ClusterIP", "clusterIP": "None", "ports": ports}
        yield shared(f"{namespace}-{name}", "v1/Service", name, namespace, spec=spec)
        yield shared(
            f"{namespace}-{name}-addresses",
            "discovery.k8s.io/v1/EndpointSlice",
            name,
            namespace,
            labels={
                **MANAGED_BY,
                "kubernetes.io/service-name": name,
                "endpointslice.kubernetes.io/managed-by": "fleet",
            },
            addressType="IPv4",
            endpoints=[{"addresses": sorted({str(edge.address) for edge in edges})}],
            ports=ports,
        )

"""Names that endpoints have inside the cluster: a group's own, a version's, and those of other machines."""

from __future__ import annotations

from collections.abc import Iterator

from components.kubernetes.manifests.base import (
    MANAGED_BY,
    Manifest,
    Object,
    api_object,
    live_track,
    metadata,
    selector,
    tracks,
    workload_name,
)
from fleet.model import Cluster
from fleet.plan.deployment import Deployment, Edge, PlannedGroup


def services(group: PlannedGroup, deployment: Deployment) -> Iterator[Manifest]:
    """The group's service, and one for each version where two run."""
    ports = [
        {
            "name": f"{port.scheme}-{port.port}",
            "port": port.port,
            "targetPort": port.port,
            "protocol": port.protocol.upper(),
        }
        for port in group.ports
    ]
    if not ports:
        return
    live = live_track(group)
    spec = {"type": "ClusterIP", "selector": selector(group, live), "ports": ports}
    yield Manifest(
        f"{group.name}-service", group.name, api_object("v1", "Service", metadata(group, deployment), spec=spec)
    )
    for track, _ in tracks(group):
        name = workload_name(group, track)
        own = {"type": "ClusterIP", "selector": selector(group, track), "ports": ports}
        about = metadata(group, deployment, name, track)
        yield Manifest(f"{name}-service", group.name, api_object("v1", "Service", about, spec=own))


def services_elsewhere(deployment: Deployment, cluster: Cluster) -> Iterator[Manifest]:
    """For each endpoint on another machine, a name in every namespace that uses it, so that addresses stay the same."""
    tenants = {group.name: group.tenant for group in deployment.groups}
    used: dict[tuple[str, str], set[Edge]] = {}
    for edge in deployment.edges:
        if edge.address and edge.name:
            used.setdefault((cluster.namespace_of(tenants[edge.source]), edge.name), set()).add(edge)
    for (namespace, name), found in sorted(used.items()):
        by_port = {(edge.port, edge.protocol): edge for edge in found}
        about = {"name": name, "namespace": namespace, "labels": dict(MANAGED_BY)}
        ports: list[Object] = [
            {"name": f"{protocol}-{port}", "port": port, "protocol": protocol.upper()}
            for port, protocol in sorted(by_port)
        ]
        spec = {"type": "ClusterIP", "clusterIP": "None", "ports": ports}
        yield Manifest(f"{namespace}-{name}", None, api_object("v1", "Service", about, spec=spec))
        slice_labels = {
            **MANAGED_BY,
            "kubernetes.io/service-name": name,
            "endpointslice.kubernetes.io/managed-by": "fleet",
        }
        slice_ = api_object(
            "discovery.k8s.io/v1",
            "EndpointSlice",
            {**about, "labels": slice_labels},
            addressType="IPv4",
            endpoints=[{"addresses": sorted({str(edge.address) for edge in found})}],
            ports=ports,
        )
        yield Manifest(f"{namespace}-{name}-addresses", None, slice_)

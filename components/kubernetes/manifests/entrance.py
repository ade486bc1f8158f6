"""How requests come in from outside, over TLS, and how Prometheus finds a group that wants a monitor."""

from __future__ import annotations

from collections.abc import Iterator

from components.kubernetes.manifests.base import (
    MANAGED_BY,
    Manifest,
    Object,
    api_object,
    metadata,
    selector,
    tracks,
    workload_name,
)
from fleet.labels import TRACK
from fleet.model import Cluster, Entrance, Exposure, Metrics
from fleet.plan.deployment import Deployment, PlannedGroup

_ISSUER = "cert-manager.io/cluster-issuer"
_NGINX = "nginx.ingress.kubernetes.io"
_HTTPS = 443
_ALL = 100


def entrance(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> Iterator[Manifest]:
    """An Ingress, or a route of the namespace's Gateway, for a group that is reached from outside."""
    exposure, gate = group.operation.exposure, cluster.entrance
    if exposure is None or gate is None:
        return
    number = next(port.port for port in group.ports if port.key == exposure.port)
    make = _ingress if gate.kind == "ingress" else _route
    yield Manifest(f"{group.name}-entrance", group.name, make(group, deployment, gate, exposure, number))


def gateways(deployment: Deployment, cluster: Cluster) -> Iterator[Manifest]:
    """One Gateway a namespace, with a TLS listener for each host of its groups."""
    gate = cluster.entrance
    if gate is None or gate.kind != "gateway":
        return
    for namespace in deployment.namespaces:
        exposed = [g for g in deployment.groups if g.name in namespace.groups and g.operation.exposure]
        listeners = [
            {
                "name": group.name,
                "hostname": group.operation.exposure.host,
                "port": _HTTPS,
                "protocol": "HTTPS",
                "tls": {"mode": "Terminate", "certificateRefs": [{"name": f"{group.name}-tls"}]},
                "allowedRoutes": {"namespaces": {"from": "Same"}},
            }
            for group in exposed
            if group.operation.exposure
        ]
        if listeners:
            about = {
                "name": cluster.namespace,
                "namespace": namespace.name,
                "labels": dict(MANAGED_BY),
                "annotations": {_ISSUER: gate.issuer},
            }
            spec = {"gatewayClassName": gate.class_name, "listeners": listeners}
            gateway = api_object("gateway.networking.k8s.io/v1", "Gateway", about, spec=spec)
            yield Manifest(f"{namespace.name}-gateway", None, gateway)


def monitor(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> Iterator[Manifest]:
    """A ServiceMonitor for a group whose agent host has metrics, where the cluster wants them."""
    main = group.containers[0]
    if cluster.metrics is not Metrics.SERVICE_MONITOR or not main.agents or main.health.http is None:
        return
    # Where two versions run, each has a service of its own beside the group's: one of the two must be left out.
    own = [{"key": TRACK, "operator": "Exists"}] if tracks(group) else []
    spec = {
        "selector": {"matchLabels": selector(group), **({"matchExpressions": own} if own else {})},
        "endpoints": [{"targetPort": main.health.http.port, "path": "/metrics", "interval": "30s"}],
    }
    watch = api_object("monitoring.coreos.com/v1", "ServiceMonitor", metadata(group, deployment), spec=spec)
    yield Manifest(f"{group.name}-monitor", group.name, watch)


def _ingress(group: PlannedGroup, deployment: Deployment, gate: Entrance, exposure: Exposure, number: int) -> Object:
    about = metadata(group, deployment)
    about["annotations"] = {
        _ISSUER: gate.issuer,
        f"{_NGINX}/force-ssl-redirect": "true",
        f"{_NGINX}/limit-rps": str(exposure.requests_per_second),
        f"{_NGINX}/limit-connections": str(exposure.connections),
    }
    backend = {"service": {"name": group.name, "port": {"number": number}}}
    spec = {
        "ingressClassName": gate.class_name,
        "tls": [{"hosts": [exposure.host], "secretName": f"{group.name}-tls"}],
        "rules": [
            {"host": exposure.host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
        ],
    }
    return api_object("networking.k8s.io/v1", "Ingress", about, spec=spec)


def _route(group: PlannedGroup, deployment: Deployment, gate: Entrance, exposure: Exposure, number: int) -> Object:
    """Two versions share the requests by weight; everything goes to the one there is otherwise."""
    spec = {
        "parentRefs": [{"name": _gateway_of(deployment), "sectionName": group.name}],
        "hostnames": [exposure.host],
        "rules": [{"backendRefs": [{"port": number, **ref} for ref in _backends(group)]}],
    }
    return api_object("gateway.networking.k8s.io/v1", "HTTPRoute", metadata(group, deployment), spec=spec)


def _backends(group: PlannedGroup) -> list[Object]:
    running, state = tracks(group), group.operation.state
    if state is None or not state.candidate:
        return [{"name": group.name}]
    weights = (_ALL - state.percent, state.percent)
    return [
        {"name": workload_name(group, track), "weight": weight}
        for (track, _), weight in zip(running, weights, strict=True)
    ]


def _gateway_of(deployment: Deployment) -> str:
    return deployment.machine.cluster.namespace if deployment.machine.cluster else ""

"""Ingress or Gateway routes over TLS, and monitors for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from components.kubernetes.manifests.base import Manifest, owned, selector, shared, tracks, workload_name
from components.objects import Object
from fleet.labels import TRACK
from fleet.model import Cluster, Entrance, Exposure, Metrics
from fleet.network.kubernetes_names import certificate_name
from fleet.plan.deployment import Deployment, PlannedGroup

_ISSUER = "cert-manager.io/cluster-issuer"
_NGINX = "nginx.ingress.kubernetes.io"


def entrance(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> Iterator[Manifest]:
    """An Ingress, or a route of the namespace's Gateway, for an exposed group."""
    exposure, gate = group.operation.exposure, cluster.entrance
    if exposure is None or gate is None:
        return
    number = next(port.port for port in group.ports if port.key == exposure.port)
    if gate.kind == "ingress":
        yield _ingress(group, deployment, gate, exposure, number)
        return
    spec = {
        "parentRefs": [{"name": cluster.namespace, "sectionName": group.name}],
        "hostnames": [exposure.host],
        "rules": [{"backendRefs": [{"port": number, **ref} for ref in _backends(group)]}],
    }
    yield owned("entrance", "gateway.networking.k8s.io/v1/HTTPRoute", group, deployment, spec=spec)


def gateways(deployment: Deployment, cluster: Cluster) -> Iterator[Manifest]:
    """A Gateway per namespace, with a TLS listener per host."""
    gate = cluster.entrance
    if gate is None or gate.kind != "gateway":
        return
    for namespace in deployment.namespaces:
        listeners = [
            {
                "name": group.name,
                "hostname": group.operation.exposure.host,
                "port": 443,
                "protocol": "HTTPS",
                "tls": {"mode": "Terminate", "certificateRefs": [{"name": certificate_name(group.name)}]},
                "allowedRoutes": {"namespaces": {"from": "Same"}},
            }
            for group in deployment.groups
            if group.name in namespace.groups and group.operation.exposure
        ]
        if listeners:
            yield shared(
                f"{namespace.name}-gateway",
                "gateway.networking.k8s.io/v1/Gateway",
                cluster.namespace,
                namespace.name,
                annotations={_ISSUER: gate.issuer},
                spec={"gatewayClassName": gate.class_name, "listeners": listeners},
            )


def monitor(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> Iterator[Manifest]:
    """A ServiceMonitor for a group whose agent host exports metrics, if the cluster uses them."""
    main = group.containers[0]
    if cluster.metrics is not Metrics.SERVICE_MONITOR or not main.agents or main.health.http is None:
        return
    # With two versions, each has its own service besides the group's: select only those, not to scrape pods twice.
    own = {"matchExpressions": [{"key": TRACK, "operator": "Exists"}]} if tracks(group) else {}
    spec = {
        "selector": {"matchLabels": selector(group), **own},
        "endpoints": [{"targetPort": main.health.http.port, "path": "/metrics", "interval": "30s"}],
    }
    yield owned("monitor", "monitoring.coreos.com/v1/ServiceMonitor", group, deployment, spec=spec)


def _ingress(group: PlannedGroup, deployment: Deployment, gate: Entrance, exposure: Exposure, number: int) -> Manifest:
    annotations = {
        _ISSUER: gate.issuer,
        f"{_NGINX}/force-ssl-redirect": "true",
        f"{_NGINX}/limit-rps": str(exposure.requests_per_second),
        f"{_NGINX}/limit-connections": str(exposure.connections),
    }
    path = {
        "path": "/",
        "pathType": "Prefix",
        "backend": {"service": {"name": group.name, "port": {"number": number}}},
    }
    spec = {
        "ingressClassName": gate.class_name,
        "tls": [{"hosts": [exposure.host], "secretName": certificate_name(group.name)}],
        "rules": [{"host": exposure.host, "http": {"paths": [path]}}],
    }
    return owned("entrance", "networking.k8s.io/v1/Ingress", group, deployment, annotations=annotations, spec=spec)


def _backends(group: PlannedGroup) -> list[Object]:
    """The group's service, or during a rollout each version's by weight."""
    running, state = tracks(group), group.operation.state
    if state is None or not state.candidate:
        return [{"name": group.name}]
    return [
        {"name": workload_name(group, track), "weight": weight}
        for (track, _), weight in zip(running, (100 - state.percent, state.percent), strict=True)
    ]

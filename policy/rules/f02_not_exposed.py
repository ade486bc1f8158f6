"""F02: nothing is reachable from outside the cluster unless somebody decided it."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import EXPOSED
from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.kubernetes import ServiceView

"""Annotation of a service that is meant to be reached from outside; its value says why."""

_OPEN = {
    "NodePort": "opens a port on every node",
    "LoadBalancer": "gets an address of its own, often a public one",
}


def _check(service: ServiceView, settings: Settings) -> Iterator[Finding]:
    if service.annotations.get(EXPOSED, "").strip():
        return
    if service.type in _OPEN:
        yield Finding(service.subject, "type", f'type is "{service.type}", which {_OPEN[service.type]}')
    for address in service.external_ips:
        problem = f'external_ips holds "{address}", so the cluster takes over traffic to it, whoever it belongs to'
        yield Finding(service.subject, "external_ips", problem, "drop externalIPs")


RULE = ResourceRule(
    id="F02",
    name="not-exposed",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A service is reached from inside its cluster, unless it says why not.",
    remedy=f"set its type to ClusterIP behind an ingress, or say why in the annotation {EXPOSED}",
    sources=(
        "KSV-0108", "Kyverno restrict-nodeport", "Kyverno restrict-loadbalancer", "Kyverno restrict-external-ips",
        "Pulumi disallow-load-balancer",
    ),
    resources=(ResourceCheck(of="services", reads=("type", "external_ips", "annotations"), check=_check),),
)  # fmt: skip

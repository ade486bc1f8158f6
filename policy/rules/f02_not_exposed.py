"""F02: a service is not exposed outside the cluster without a reason."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import EXPOSED
from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.kubernetes import ServiceView

_OPEN = {"NodePort": "opens a port on every node", "LoadBalancer": "gets its own address, often a public one"}


def _check(service: ServiceView, settings: Settings) -> Iterator[Finding]:
    if service.annotations.get(EXPOSED, "").strip():
        return
    if service.type in _OPEN:
        yield Finding("type", f'type is "{service.type}", which {_OPEN[service.type]}')
    for address in service.external_ips:
        problem = f'external_ips holds "{address}", so the cluster captures traffic to it, no matter who owns it'
        yield Finding("external_ips", problem, "remove externalIPs")


RULE = ResourceRule(
    id="F02",
    name="not-exposed",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A service is reachable only inside its cluster, unless it gives a reason.",
    remedy=f"set its type to ClusterIP and use an ingress, or give the reason in annotation {EXPOSED}",
    sources=(
        "KSV-0108", "Kyverno restrict-nodeport", "Kyverno restrict-loadbalancer", "Kyverno restrict-external-ips",
        "Pulumi disallow-load-balancer",
    ),
    resources=(ResourceCheck(of="services", reads=("type", "external_ips", "annotations"), check=_check),),
)  # fmt: skip

"""B16: a pod overrides no host names, and its probes target the pod itself."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.rule import ContainerRule, Finding, Level, ResourceCheck, Settings, Severity
from policy.views.container import KUBERNETES, ContainerView
from policy.views.kubernetes import PodView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    for probe, host in container.probe_hosts:
        problem = (
            f"{probe} targets host {shown(host)}, so the kubelet sends requests that network policies deny to the pod"
        )
        remedy = "remove host, so that it targets the pod"
        yield Finding("probe_hosts", problem, remedy)


def _check_pod(pod: PodView, settings: Settings) -> Iterator[Finding]:
    for address in pod.host_aliases:
        problem = f"host_aliases maps names to {shown(address)}, bypassing the cluster's DNS and its policies"
        yield Finding("host_aliases", problem)


RULE = ContainerRule(
    id="B16",
    name="no-host-aliases",
    level=Level.MANDATORY,
    severity=Severity.LOW,
    summary="A pod sets no host aliases, and its probes and hooks target no other host.",
    remedy="use a Service without a selector and an EndpointSlice for an address outside the cluster",
    sources=("KSV-0007", "PSS hostProbesAndhostLifecycle"),
    targets=(KUBERNETES,),
    reads=("probe_hosts",),
    each=("probe_hosts",),
    check=_check,
    resources=(ResourceCheck(of="pods", reads=("host_aliases",), each=("host_aliases",), check=_check_pod),),
)

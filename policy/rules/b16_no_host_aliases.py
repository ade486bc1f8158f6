"""B16: names mean the same in a pod as in its cluster, and probes ask the pod itself."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.rule import ContainerRule, Finding, Level, ResourceCheck, Settings, Severity
from policy.views.container import KUBERNETES, ContainerView
from policy.views.kubernetes import PodView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    for probe, host in container.probe_hosts:
        problem = f"{probe} asks host {shown(host)}, so the node asks for the pod what the pod itself may not"
        remedy = "drop host, so that it asks the pod"
        yield Finding(container.subject, "probe_hosts", problem, remedy)


def _check_pod(pod: PodView, settings: Settings) -> Iterator[Finding]:
    for address in pod.host_aliases:
        problem = f"host_aliases gives names to {shown(address)}, past the cluster's name service and its policies"
        yield Finding(pod.subject, "host_aliases", problem)


RULE = ContainerRule(
    id="B16",
    name="no-host-aliases",
    level=Level.MANDATORY,
    severity=Severity.LOW,
    summary="A pod gives no names of its own to addresses, and its probes and hooks ask no other host.",
    remedy="use a service without a selector and an EndpointSlice for an address outside the cluster",
    sources=("KSV-0007", "PSS hostProbesAndhostLifecycle"),
    targets=(KUBERNETES,),
    reads=("probe_hosts",),
    each=("probe_hosts",),
    check=_check,
    resources=(ResourceCheck(of="pods", reads=("host_aliases",), each=("host_aliases",), check=_check_pod),),
)

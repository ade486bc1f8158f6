"""B16: a pod overrides no host names, and its probes target the pod itself."""

from __future__ import annotations

from fleet.source.redaction import shown
from policy.core.checks import on_entries
from policy.core.rule import ContainerRule, Level, ResourceCheck, Settings, Severity
from policy.views.container import KUBERNETES


def _probe_problem(probe: tuple[str, str], settings: Settings) -> str | None:
    name, host = probe
    return f"{name} targets host {shown(host)}, so the kubelet sends requests that network policies deny to the pod"


def _alias_problem(address: str, settings: Settings) -> str | None:
    return f"host_aliases maps names to {shown(address)}, bypassing the cluster's DNS and its policies"


RULE = ContainerRule(
    id="B16",
    name="no-host-aliases",
    level=Level.MANDATORY,
    severity=Severity.LOW,
    summary="A pod sets no host aliases, and its probes and hooks target no other host.",
    remedy="use a Service without a selector and an EndpointSlice for an address outside the cluster",
    sources=("KSV-0007", "PSS hostProbesAndhostLifecycle"),
    targets=(KUBERNETES,),
    **on_entries("probe_hosts", _probe_problem, "remove host, so that it targets the pod"),
    resources=(ResourceCheck(of="pods", **on_entries("host_aliases", _alias_problem)),),
)

"""C04: the scheduler knows how much CPU a container needs."""

from __future__ import annotations

from policy.core.checks import on_field
from policy.core.rule import ContainerRule, Level, Severity
from policy.views.container import KUBERNETES

_PROBLEM = "cpu_request is not set, so it only gets leftover CPU, and an autoscaler cannot measure its utilization"


RULE = ContainerRule(
    id="C04",
    name="cpu-request",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A container requests CPU.",
    remedy="set containers.<name>.cpu.request",
    elsewhere="set resources.requests.cpu",
    sources=("CKV_K8S_10", "KSV-0015"),
    targets=(KUBERNETES,),
    **on_field("cpu_request", lambda container, _: None if (container.cpu_request or 0) > 0 else _PROBLEM),
)

"""C04: the scheduler knows how much CPU a container needs."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.cpu_request is None or container.cpu_request <= 0:
        problem = (
            "cpu_request is not set, so it only gets leftover CPU, and an autoscaler cannot measure its utilization"
        )
        yield Finding("cpu_request", problem)


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
    reads=("cpu_request",),
    check=_check,
)

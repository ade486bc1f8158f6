"""C04: the scheduler knows what a container needs of processor time."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.cpu_request is None or container.cpu_request <= 0:
        problem = "cpu_request is not set, so it gets what its neighbours leave, and no scaler can measure it"
        yield Finding(container.subject, "cpu_request", problem)


RULE = ContainerRule(
    id="C04",
    name="cpu-request",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A container asks its cluster for processor time.",
    remedy="set containers.<name>.cpu.request",
    elsewhere="set resources.requests.cpu",
    sources=("CKV_K8S_10", "KSV-0015"),
    targets=(KUBERNETES,),
    reads=("cpu_request",),
    check=_check,
)

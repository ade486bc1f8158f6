"""C01: memory is capped."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    limit = container.memory_limit_mib
    if limit is None or limit <= 0:
        what = "is not set" if limit is None else f"is {limit}, which means none"
        problem = f"memory_limit_mib {what}, so one leak takes the host's memory and the kernel picks who dies"
        yield Finding(container.subject, "memory_limit_mib", problem)


RULE = ContainerRule(
    id="C01",
    name="memory-limit",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container's memory is capped.",
    remedy="set containers.<name>.memory.limit",
    elsewhere="set its memory limit, and the same for memory and swap together",
    on_cluster="set resources.limits.memory",
    sources=("CKV_K8S_13", "KSV-0018", "CIS Docker 5.11", "KubeLinter unset-memory-requirements"),
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("memory_limit_mib",),
    check=_check,
)

"""C01: memory is limited."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    limit = container.memory_limit_mib
    if limit is None or limit <= 0:
        what = "is not set" if limit is None else f"is {limit}, which means no limit"
        problem = f"memory_limit_mib {what}, so a leak can exhaust the host's memory until the kernel kills something"
        yield Finding("memory_limit_mib", problem)


RULE = ContainerRule(
    id="C01",
    name="memory-limit",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container has a memory limit.",
    remedy="set containers.<name>.memory.limit",
    elsewhere="set memory, and memorySwap to the same value",
    on_cluster="set resources.limits.memory",
    sources=("CKV_K8S_13", "KSV-0018", "CIS Docker 5.11", "KubeLinter unset-memory-requirements"),
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("memory_limit_mib",),
    check=_check,
)

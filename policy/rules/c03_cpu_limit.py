"""C03: CPU is limited.

Advisory, because it is a trade-off: a limit wastes idle time, no limit lets a container slow down others.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    limit = container.cpu_limit
    if limit is None or limit <= 0:
        what = "is not set" if limit is None else f"is {limit:g}, which means no limit"
        problem = f"cpu_limit {what}, so a busy loop can slow down everything on the host"
        yield Finding("cpu_limit", problem)


RULE = ContainerRule(
    id="C03",
    name="cpu-limit",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A container has a CPU limit.",
    remedy="set containers.<name>.cpu.limit",
    elsewhere="set its cpus",
    on_cluster="set resources.limits.cpu",
    sources=("CKV_K8S_11", "KSV-0011", "CIS Docker 5.12", "KICS Cpus Not Limited"),
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("cpu_limit",),
    check=_check,
)

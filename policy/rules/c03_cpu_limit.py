"""C03: processor time is capped.

Advisory, because capping it is a choice: a cap wastes idle time, none lets one container slow down its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    limit = container.cpu_limit
    if limit is None or limit <= 0:
        what = "is not set" if limit is None else f"is {limit:g}, which means none"
        problem = f"cpu_limit {what}, so one busy loop slows down everything on the host"
        yield Finding(container.subject, "cpu_limit", problem)


RULE = ContainerRule(
    id="C03",
    name="cpu-limit",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A container's processor time is capped.",
    remedy="set containers.<name>.cpu.limit",
    elsewhere="set its cpus",
    on_cluster="set resources.limits.cpu",
    sources=("CKV_K8S_11", "KSV-0011", "CIS Docker 5.12", "KICS Cpus Not Limited"),
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("cpu_limit",),
    check=_check,
)

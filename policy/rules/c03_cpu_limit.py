"""C03: CPU is limited.

Advisory, because it is a trade-off: a limit wastes idle time, no limit lets a container slow down others.
"""

from __future__ import annotations

from policy.core.checks import unless_limited
from policy.core.rule import ContainerRule, Level, Severity

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
    **unless_limited("cpu_limit", ", so a busy loop can slow down everything on the host"),
)

"""C01: memory is limited."""

from __future__ import annotations

from policy.core.checks import unless_limited
from policy.core.rule import ContainerRule, Level, Severity

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
    **unless_limited("memory_limit_mib", ", so a leak can exhaust the host's memory until the kernel kills something"),
)

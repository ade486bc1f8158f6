"""C09: ephemeral storage is requested and limited."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    for field, word in (("storage_limit_mib", "limits"), ("storage_request_mib", "requests")):
        if (getattr(container, field) or 0) <= 0:
            problem = f"{field} is not set, so its logs and files may fill the node's disk and get pods evicted"
            yield Finding(field, problem, f"set resources.{word}.ephemeral-storage")


RULE = ContainerRule(
    id="C09",
    name="ephemeral-storage",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A container requests and limits ephemeral storage for logs and scratch files.",
    remedy="set resources.limits.ephemeral-storage",
    sources=("kube-score container-ephemeral-storage-request-and-limit",),
    targets=(KUBERNETES,),
    reads=("storage_request_mib", "storage_limit_mib"),
    check=_check,
)

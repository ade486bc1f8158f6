"""C02: the scheduler knows what a container needs of memory.

A pod with a GPU asks for all it may use: one that is ended for a neighbour's memory frees its card too late.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    request, limit = container.memory_request_mib, container.memory_limit_mib
    if request is None or request <= 0:
        problem = "memory_request_mib is not set, so the scheduler puts it on a node that may have no memory left"
        yield Finding(container.subject, "memory_request_mib", problem)
    elif container.gpu and limit is not None and request != limit:
        problem = (
            f"memory_request_mib is {request} of {limit} on a container with a GPU, so its node may end it for memory "
            "while it holds the card"
        )
        yield Finding(container.subject, "memory_request_mib", problem)


RULE = ContainerRule(
    id="C02",
    name="memory-request",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="A container asks its cluster for memory, and with a GPU for all it may use.",
    remedy="set containers.<name>.memory.request, to the limit where it has a GPU",
    elsewhere="set resources.requests.memory, to the limit where it has a GPU",
    sources=("CKV_K8S_12", "KSV-0016", "Kyverno memory-requests-equal-limits"),
    targets=(KUBERNETES,),
    reads=("memory_request_mib", "memory_limit_mib", "gpu"),
    check=_check,
)

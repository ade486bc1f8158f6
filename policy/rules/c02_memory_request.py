"""C02: the scheduler knows how much memory a container needs.

A pod with a GPU requests its whole limit: evicted under memory pressure, it would release its card too late.
"""

from __future__ import annotations

from policy.core.checks import on_field
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import KUBERNETES, ContainerView


def _problem(container: ContainerView, settings: Settings) -> str | None:
    request, limit = container.memory_request_mib, container.memory_limit_mib
    if request is None or request <= 0:
        return "memory_request_mib is not set, so the scheduler may place it on a node without enough memory"
    if container.gpu and limit is not None and request != limit:
        what = f"memory_request_mib is {request} of {limit} on a container with a GPU"
        return f"{what}, so its node may evict it while it holds the card"
    return None


RULE = ContainerRule(
    id="C02",
    name="memory-request",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="A container requests memory; with a GPU, it requests its whole limit.",
    remedy="set containers.<name>.memory.request, equal to the limit if it has a GPU",
    elsewhere="set resources.requests.memory, equal to the limit if it has a GPU",
    sources=("CKV_K8S_12", "KSV-0016", "Kyverno memory-requests-equal-limits"),
    targets=(KUBERNETES,),
    **on_field("memory_request_mib", _problem, "memory_limit_mib", "gpu"),
)

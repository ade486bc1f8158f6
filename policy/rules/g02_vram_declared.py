"""G02: a container with a GPU declares its GPU memory."""

from __future__ import annotations

from fleet.labels import GPU_REQUEST_MIB, as_annotation
from policy.core.checks import on_field
from policy.core.gpu.budgets import missing_parts, serves_others
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import ContainerView


def _problem(container: ContainerView, settings: Settings) -> str | None:
    missing = ", ".join(missing_parts(container))
    if not container.gpu or not missing or serves_others(container):
        return None
    return f"gpu is set, but labels lack {missing}, so it is unknown whether it fits the card"


RULE = ContainerRule(
    id="G02",
    name="vram-declared",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="A container with a GPU declares its card, request, limit and processes.",
    remedy="add containers.<name>.gpu with request, limit and enforcement",
    elsewhere="add these labels: the card's key, MiB, MiB and the number of CUDA processes",
    on_cluster=f"add these annotations to its pod, as {as_annotation(GPU_REQUEST_MIB, '<container>')} and so on",
    **on_field("gpu", _problem, "labels", "args"),
)

"""E02: a container gets no traffic before it is ready, and has time to load a model."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import GPU_REQUEST_MIB
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.one_shot:
        return
    kinds = {probe.kind for probe in container.probes}
    if "readiness" not in kinds and container.target == KUBERNETES:
        yield Finding("probes", "probes has no readiness, so it gets traffic before it is ready")
    if "startup" not in kinds and (container.gpu or GPU_REQUEST_MIB in container.labels):
        problem = "probes has no startup, so it may be killed while it loads its model"
        remedy = "let the plan derive it from containers.<name>.health.start_period"
        yield Finding("probes", problem, remedy if container.labels else "add a startupProbe")


RULE = ContainerRule(
    id="E02",
    name="readiness",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="A container has a readiness probe, and with a GPU a startup probe.",
    remedy="set containers.<name>.health to a path it serves, or to a command in its image",
    elsewhere="add a readinessProbe",
    sources=("CKV_K8S_9",),
    targets=(KUBERNETES, CLOUDRUN),
    reads=("probes", "restart", "gpu", "labels"),
    check=_check,
)

"""E02: nothing is sent to a container that is not ready, and one that loads a model is given time to."""

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
        problem = "probes has no readiness, so it is sent work before it can do any"
        yield Finding(container.subject, "probes", problem)
    if "startup" not in kinds and (container.gpu or GPU_REQUEST_MIB in container.labels):
        problem = "probes has no startup, so it is ended for being slow while it loads its model"
        remedy = "leave it to the plan, which makes one of containers.<name>.health.start_period"
        yield Finding(container.subject, "probes", problem, remedy if container.labels else "give it a startupProbe")


RULE = ContainerRule(
    id="E02",
    name="readiness",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="A container says when it is ready, and one with a GPU when it has started.",
    remedy="set containers.<name>.health to a path it answers, or to a command of its image",
    elsewhere="give it a readinessProbe",
    sources=("CKV_K8S_9",),
    targets=(KUBERNETES, CLOUDRUN),
    reads=("probes", "restart", "gpu", "labels"),
    check=_check,
)

"""E01: a container has a health check."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    # A job reports success by its exit code.
    if not container.health_check and not container.one_shot:
        problem = "health_check is not set, so a hung process goes unnoticed, and nothing can wait for it"
        yield Finding("health_check", problem)


RULE = ContainerRule(
    id="E01",
    name="health-check",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="A container has a health check, unless it is a job.",
    remedy="set containers.<name>.health to a path it serves, or to a command in its image",
    elsewhere="add a health check whose command is in the image",
    on_cluster="add a livenessProbe",
    sources=("CKV_K8S_8", "CIS Docker 5.27", "KubeLinter no-liveness-probe", "KICS Healthcheck Not Set"),
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("health_check", "restart"),
    check=_check,
)

"""E01: a container shows whether it works."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    # A job shows by its exit code whether it worked.
    if not container.health_check and not container.one_shot:
        problem = "health_check is not set, so a hung agent looks like a working one, and nothing can wait for it"
        yield Finding(container.subject, "health_check", problem)


RULE = ContainerRule(
    id="E01",
    name="health-check",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="A container has a health check, unless it is a job that ends by itself.",
    remedy="set containers.<name>.health to a path it answers, or to a command of its image",
    elsewhere="give it a health check whose command the image has",
    on_cluster="give it a livenessProbe",
    sources=("CKV_K8S_8", "CIS Docker 5.27", "KubeLinter no-liveness-probe", "KICS Healthcheck Not Set"),
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("health_check", "restart"),
    check=_check,
)

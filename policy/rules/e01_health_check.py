"""E01: a container has a health check."""

from __future__ import annotations

from policy.core.checks import on_field
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import ContainerView

_PROBLEM = "health_check is not set, so a hung process goes unnoticed, and nothing can wait for it"


def _problem(container: ContainerView, settings: Settings) -> str | None:
    # A job reports success by its exit code.
    return None if container.health_check or container.one_shot else _PROBLEM


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
    **on_field("health_check", _problem, "restart"),
)

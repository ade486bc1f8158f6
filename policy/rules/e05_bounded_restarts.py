"""E05: restarts are limited, or fix an unhealthy process."""

from __future__ import annotations

from fleet.labels import SELF_HEALING
from fleet.source.redaction import shown
from policy.core.checks import on_field
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import DOCKER, ContainerView


def _problem(container: ContainerView, settings: Settings) -> str | None:
    restart, most = container.restart, settings["retries"]
    if container.one_shot:
        return None
    if restart in (None, "no"):
        return "restart is no, so it stays down after a crash"
    if restart == "on-failure":
        retries = container.restart_max or 0
        if retries < 1:
            return "restart is on-failure without a maximum retry count, so it may crash-loop forever"
        return f"restart is on-failure with {retries} retries, above {most}" if retries > most else None
    if restart in ("always", "unless-stopped"):
        if not container.health_check:
            return f"restart is {restart} without a health check, so it may crash-loop forever, unnoticed"
        if container.labels.get(SELF_HEALING) != "true":
            return f"restart is {restart}, but nothing stops the process when it is unhealthy, so it is never restarted"
        return None
    return f"restart is {shown(restart)}, which is not a restart policy of Docker"


RULE = ContainerRule(
    id="E05",
    name="bounded-restarts",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="Restarts are limited in number, or the process exits when it is unhealthy.",
    remedy="set containers.<name>.restart to on-failure with restarts_max of at most 10, or run its programs as agents",
    elsewhere=f"set restart to on-failure with 1 to 10 retries, or label it {SELF_HEALING}=true",
    sources=("CIS Docker 5.15", "KubeLinter restart-policy"),
    defaults={"retries": 10},
    targets=(DOCKER,),
    **on_field("restart", _problem, "health_check", "labels"),
)

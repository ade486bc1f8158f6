"""E05: restarts heal, and do not go on for ever."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import SELF_HEALING
from fleet.redaction import shown
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    problem = _problem(container, settings["retries"])
    if problem and not container.one_shot:
        yield Finding(container.subject, "restart", problem)


def _problem(container: ContainerView, most: int) -> str | None:
    restart = container.restart
    if restart in (None, "no"):
        return "restart is no, so it stays down after its first crash"
    if restart == "on-failure":
        retries = container.restart_max or 0
        if retries < 1:
            return "restart is on-failure without a number of retries, so one that cannot start tries for ever"
        return f"restart is on-failure with {retries} retries, above {most}" if retries > most else None
    if restart in ("always", "unless-stopped"):
        if not container.health_check:
            return f"restart is {restart} without a health check, so a broken one restarts for ever, unseen"
        if container.labels.get(SELF_HEALING) != "true":
            return f"restart is {restart}, but nothing ends the process when it is unhealthy, so it is never restarted"
        return None
    return f"restart is {shown(restart)}, which Docker does not know"


RULE = ContainerRule(
    id="E05",
    name="bounded-restarts",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="Restarts are counted, or heal a process that ends itself when it is unhealthy.",
    remedy="set containers.<name>.restart to on-failure with restarts_max, 10 at most, or run its programs as agents",
    elsewhere=f"set restart to on-failure with 1 to 10 retries, or label it {SELF_HEALING}=true if it ends itself",
    sources=("CIS Docker 5.15", "KubeLinter restart-policy"),
    defaults={"retries": 10},
    targets=(DOCKER,),
    reads=("restart", "health_check", "labels"),
    check=_check,
)

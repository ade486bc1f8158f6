"""A09: AppArmor is not switched off."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.apparmor == "unconfined":
        problem = "apparmor is unconfined, so nothing stops it from writing to the kernel's own files"
        yield Finding(container.subject, "apparmor", problem)


RULE = ContainerRule(
    id="A09",
    name="apparmor",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="AppArmor is not switched off for a container, where its host has it.",
    remedy="leave AppArmor to the default profile",
    elsewhere="drop apparmor=unconfined from its security options",
    on_cluster="set appArmorProfile to RuntimeDefault in its pod's or its own security context, or leave it out",
    sources=("KSV-0002", "CIS Docker 5.2", "PSS appArmorProfile"),
    targets=(DOCKER, KUBERNETES),
    reads=("apparmor",),
    check=_check,
)

"""A09: AppArmor is not disabled."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.apparmor == "unconfined":
        problem = "apparmor is unconfined, so it may write to files of the kernel under /proc and /sys"
        yield Finding("apparmor", problem)


RULE = ContainerRule(
    id="A09",
    name="apparmor",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="A container does not disable AppArmor on hosts that have it.",
    remedy="keep the default AppArmor profile",
    elsewhere="remove apparmor=unconfined from its security options",
    on_cluster="set appArmorProfile to RuntimeDefault in the pod's or container's security context, or omit it",
    sources=("KSV-0002", "CIS Docker 5.2", "PSS appArmorProfile"),
    targets=(DOCKER, KUBERNETES),
    reads=("apparmor",),
    check=_check,
)

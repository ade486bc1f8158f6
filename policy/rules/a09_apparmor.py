"""A09: AppArmor is not disabled."""

from __future__ import annotations

from policy.core.checks import on_field
from policy.core.rule import ContainerRule, Level, Severity
from policy.views.container import DOCKER, KUBERNETES

_PROBLEM = "apparmor is unconfined, so it may write to files of the kernel under /proc and /sys"


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
    **on_field("apparmor", lambda container, _: _PROBLEM if container.apparmor == "unconfined" else None),
)

"""A04: a container is not privileged."""

from __future__ import annotations

from policy.core.checks import if_true
from policy.core.rule import ContainerRule, Level, Severity
from policy.views.container import DOCKER, KUBERNETES

RULE = ContainerRule(
    id="A04",
    name="no-privileged",
    level=Level.MANDATORY,
    severity=Severity.CRITICAL,
    summary="A container is not privileged.",
    remedy="remove privileged; list the devices it needs under containers.<name>.devices",
    elsewhere="remove privileged; pass the devices it needs instead",
    on_cluster="remove privileged from its security context; request devices as extended resources",
    sources=("CKV_K8S_16", "KSV-0017", "CIS Docker 5.5", "PSS privileged", "KICS Privileged Containers Enabled"),
    targets=(DOCKER, KUBERNETES),
    **if_true("privileged", ", which grants every device and capability of the host"),
)

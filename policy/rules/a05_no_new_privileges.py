"""A05: a process cannot gain privileges after it starts."""

from __future__ import annotations

from policy.core.checks import if_false
from policy.core.rule import ContainerRule, Level, Severity
from policy.views.container import DOCKER, KUBERNETES

RULE = ContainerRule(
    id="A05",
    name="no-new-privileges",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A process in a container cannot gain privileges after it starts.",
    remedy="set containers.<name>.hardening.no_new_privileges to true",
    elsewhere="add no-new-privileges:true to its security options",
    on_cluster="set allowPrivilegeEscalation to false in the container's security context",
    sources=(
        "CKV_K8S_20", "KSV-0001", "CIS Docker 5.26", "CIS Docker 2.14", "PSS allowPrivilegeEscalation",
        "KICS No New Privileges Not Set",
    ),
    exception="no_new_privileges",
    targets=(DOCKER, KUBERNETES),
    **if_false("no_new_privileges", ", so a setuid binary in the image can make a process root"),
)  # fmt: skip

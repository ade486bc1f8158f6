"""A16: a pod and its containers set a security context and do not rely on defaults."""

from __future__ import annotations

from policy.core.checks import Check, on_field
from policy.core.rule import ContainerRule, Level, ResourceCheck, Severity
from policy.views.container import KUBERNETES

_WHY = "so the cluster's defaults apply, which restrict nothing"


def _unset(problem: str) -> Check:
    return on_field("security_context", lambda view, _: None if view.security_context else f"{problem}, {_WHY}")


RULE = ContainerRule(
    id="A16",
    name="security-context",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="A pod and each of its containers have a security context.",
    remedy="let the plan set both from containers.<name>.hardening",
    elsewhere="set securityContext on the pod and on the container",
    sources=("CKV_K8S_29", "CKV_K8S_30", "KSV-0118"),
    targets=(KUBERNETES,),
    **_unset("security_context is not set"),
    resources=(ResourceCheck(of="pods", **_unset("security_context is not set for the pod")),),
)

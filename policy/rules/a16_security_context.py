"""A16: a pod and its containers set a security context and do not rely on defaults."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, ResourceCheck, Settings, Severity
from policy.views.container import KUBERNETES, ContainerView
from policy.views.kubernetes import PodView

_WHY = "so the cluster's defaults apply, which restrict nothing"


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if not container.security_context:
        yield Finding("security_context", f"security_context is not set, {_WHY}")


def _check_pod(pod: PodView, settings: Settings) -> Iterator[Finding]:
    if not pod.security_context:
        yield Finding("security_context", f"security_context is not set for the pod, {_WHY}")


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
    reads=("security_context",),
    check=_check,
    resources=(ResourceCheck(of="pods", reads=("security_context",), check=_check_pod),),
)

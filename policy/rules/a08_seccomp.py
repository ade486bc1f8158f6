"""A08: system calls are filtered by seccomp."""

from __future__ import annotations

from policy.core.checks import on_field
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _problem(container: ContainerView, settings: Settings) -> str | None:
    if container.seccomp == "unconfined":
        return "seccomp is unconfined, so it can call every system call of the kernel"
    if container.seccomp is None and container.target == KUBERNETES:
        # Docker applies its profile by default; the kubelet only on request.
        return "seccomp is not set, and Kubernetes applies no profile by default"
    return None


RULE = ContainerRule(
    id="A08",
    name="seccomp",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container runs under the default seccomp profile or a custom one.",
    remedy="set containers.<name>.hardening.seccomp to default",
    elsewhere="remove seccomp=unconfined from its security options, or set a profile",
    on_cluster="set seccompProfile to RuntimeDefault in the pod's or container's security context",
    sources=("CKV_K8S_31", "KSV-0030", "KSV-0104", "CIS Docker 5.22", "PSS seccompProfile_restricted"),
    exception="seccomp",
    targets=(DOCKER, KUBERNETES),
    **on_field("seccomp", _problem),
)

"""A08: system calls are filtered by seccomp."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.seccomp == "unconfined":
        problem = "seccomp is unconfined, so it can call every system call of the kernel"
        yield Finding("seccomp", problem)
    elif container.seccomp is None and container.target == KUBERNETES:
        # Docker applies its profile by default; the kubelet only on request.
        problem = "seccomp is not set, and Kubernetes applies no profile by default"
        yield Finding("seccomp", problem)


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
    reads=("seccomp",),
    check=_check,
)

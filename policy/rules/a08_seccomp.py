"""A08: system calls are filtered."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.seccomp == "unconfined":
        problem = "seccomp is unconfined, so every system call of the kernel is open to attack"
        yield Finding(container.subject, "seccomp", problem)
    elif container.seccomp is None and container.target == KUBERNETES:
        # Docker filters unless told not to; a kubelet filters only when told to.
        problem = "seccomp is not set, and a cluster filters no system calls unless told to"
        yield Finding(container.subject, "seccomp", problem)


RULE = ContainerRule(
    id="A08",
    name="seccomp",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="System calls of a container are filtered by the default seccomp profile or one of its own.",
    remedy="set containers.<name>.hardening.seccomp to default",
    elsewhere="drop seccomp=unconfined from its security options, or give a profile",
    on_cluster="set seccompProfile to RuntimeDefault in its pod's or its own security context",
    sources=("CKV_K8S_31", "KSV-0030", "KSV-0104", "CIS Docker 5.22", "PSS seccompProfile_restricted"),
    exception="seccomp",
    targets=(DOCKER, KUBERNETES),
    reads=("seccomp",),
    check=_check,
)

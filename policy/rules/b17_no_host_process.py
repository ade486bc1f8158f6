"""B17: on Windows too, a container is a container."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.host_process:
        problem = "host_process is true, so it is a process of the host with all of the host's rights"
        yield Finding(container.subject, "host_process", problem)


RULE = ContainerRule(
    id="B17",
    name="no-host-process",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="No container on Windows is a process of the host.",
    remedy="drop windowsOptions.hostProcess from the security context of the pod and of the container",
    sources=("KSV-0103", "PSS windowsHostProcess"),
    targets=(KUBERNETES,),
    reads=("host_process",),
    check=_check,
)

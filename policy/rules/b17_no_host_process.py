"""B17: no Windows container is a HostProcess container."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.host_process:
        problem = "host_process is true, so it runs as a process of the host with full privileges"
        yield Finding("host_process", problem)


RULE = ContainerRule(
    id="B17",
    name="no-host-process",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="No Windows container runs as a process of the host.",
    remedy="remove windowsOptions.hostProcess from the security context of the pod and of the container",
    sources=("KSV-0103", "PSS windowsHostProcess"),
    targets=(KUBERNETES,),
    reads=("host_process",),
    check=_check,
)

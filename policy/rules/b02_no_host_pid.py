"""B02: a container sees only its own processes."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.host_pid:
        problem = "host_pid is true, so it sees the host's processes and their arguments"
        yield Finding("host_pid", problem)


RULE = ContainerRule(
    id="B02",
    name="no-host-pid",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container does not share the host's PID namespace.",
    remedy="remove the pid mode, which is the host's",
    on_cluster="remove hostPID",
    sources=("CKV_K8S_17", "KSV-0010", "CIS Docker 5.16"),
    targets=(DOCKER, KUBERNETES),
    reads=("host_pid",),
    check=_check,
)

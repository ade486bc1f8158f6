"""B02: the container sees its own processes only."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.host_pid:
        problem = "host_pid is true, so it sees the host's processes and what they were started with"
        yield Finding(container.subject, "host_pid", problem)


RULE = ContainerRule(
    id="B02",
    name="no-host-pid",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container does not share the host's process ids.",
    remedy="drop the host's process namespace (pid mode)",
    on_cluster="drop hostPID",
    sources=("CKV_K8S_17", "KSV-0010", "CIS Docker 5.16"),
    targets=(DOCKER, KUBERNETES),
    reads=("host_pid",),
    check=_check,
)

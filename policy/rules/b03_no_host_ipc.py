"""B03: the container shares no memory with the host."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.host_ipc:
        problem = "host_ipc is true, so it can read and change the shared memory of the host's programs"
        yield Finding(container.subject, "host_ipc", problem)


RULE = ContainerRule(
    id="B03",
    name="no-host-ipc",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container does not share the host's memory segments and queues; an MPS client may be excepted.",
    remedy="set containers.<name>.hardening.host_ipc to false; hand MPS its pipe directory as a volume",
    elsewhere="make its IPC mode private; share memory by a volume where two containers must",
    on_cluster="drop hostIPC; share memory by an emptyDir of medium Memory in one pod",
    sources=("CKV_K8S_18", "KSV-0008", "CIS Docker 5.17"),
    exception="host_ipc",
    targets=(DOCKER, KUBERNETES),
    reads=("host_ipc",),
    check=_check,
)

"""B03: a container does not share the host's IPC namespace."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.host_ipc:
        problem = "host_ipc is true, so it can read and modify the shared memory of the host's processes"
        yield Finding("host_ipc", problem)


RULE = ContainerRule(
    id="B03",
    name="no-host-ipc",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container does not share the host's IPC namespace; an MPS client may have an exception.",
    remedy="set containers.<name>.hardening.host_ipc to false; mount the pipe directory of MPS as a volume",
    elsewhere="set its IPC mode to private; use a volume where two containers must share memory",
    on_cluster="remove hostIPC; share memory through an emptyDir with medium Memory in one pod",
    sources=("CKV_K8S_18", "KSV-0008", "CIS Docker 5.17"),
    exception="host_ipc",
    targets=(DOCKER, KUBERNETES),
    reads=("host_ipc",),
    check=_check,
)

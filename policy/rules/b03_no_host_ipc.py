"""B03: a container does not share the host's IPC namespace."""

from __future__ import annotations

from policy.core.checks import if_true
from policy.core.rule import ContainerRule, Level, Severity
from policy.views.container import DOCKER, KUBERNETES

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
    **if_true("host_ipc", ", so it can read and modify the shared memory of the host's processes"),
)

"""B02: a container sees only its own processes."""

from __future__ import annotations

from policy.core.checks import if_true
from policy.core.rule import ContainerRule, Level, Severity
from policy.views.container import DOCKER, KUBERNETES

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
    **if_true("host_pid", ", so it sees the host's processes and their arguments"),
)

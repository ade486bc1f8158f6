"""B17: no Windows container is a HostProcess container."""

from __future__ import annotations

from policy.core.checks import if_true
from policy.core.rule import ContainerRule, Level, Severity
from policy.views.container import KUBERNETES

RULE = ContainerRule(
    id="B17",
    name="no-host-process",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="No Windows container runs as a process of the host.",
    remedy="remove windowsOptions.hostProcess from the security context of the pod and of the container",
    sources=("KSV-0103", "PSS windowsHostProcess"),
    targets=(KUBERNETES,),
    **if_true("host_process", ", so it runs as a process of the host with full privileges"),
)

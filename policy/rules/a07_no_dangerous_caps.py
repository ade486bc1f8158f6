"""A07: no capability that is equivalent to root on the host."""

from __future__ import annotations

from policy.core.checks import on_entries
from policy.core.rule import ContainerRule, Level, Severity
from policy.views.container import DOCKER, KUBERNETES

_WHY = {
    "ALL": "all capabilities, equivalent to root on the host",
    "CAP_SYS_ADMIN": "mounts and namespaces, nearly equivalent to root on the host",
    "CAP_SYS_MODULE": "loading kernel modules",
    "CAP_SYS_PTRACE": "reading other processes' memory",
    "CAP_DAC_READ_SEARCH": "reading any file",
    "CAP_NET_RAW": "forging packets to other containers",
    "CAP_NET_ADMIN": "changing the host's network",
}


RULE = ContainerRule(
    id="A07",
    name="no-dangerous-caps",
    level=Level.MANDATORY,
    severity=Severity.CRITICAL,
    summary="A container adds no capability that exposes the host or other containers.",
    remedy="remove it from containers.<name>.hardening.capabilities",
    elsewhere="remove it from the added capabilities",
    sources=("CKV_K8S_39", "KSV-0005", "KSV-0119", "KSV-0120", "CIS Kubernetes C.5.3.1-4"),
    exception="capabilities",
    targets=(DOCKER, KUBERNETES),
    **on_entries(
        "capabilities_added", lambda name, _: f"capabilities_added holds {name}: {_WHY[name]}" if name in _WHY else None
    ),
)

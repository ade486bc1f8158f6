"""A13: only kernel settings that concern nobody else are changed.

The list is the baseline Pod Security Standard's of Kubernetes 1.32 to 1.34: settings of the container's own namespaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fleet.redaction import shown
from policy.core.rule import ContainerRule, Finding, Level, ResourceCheck, Settings, Severity
from policy.views.container import DOCKER, ContainerView
from policy.views.kubernetes import PodView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    yield from _unsafe(container.subject, container.sysctls, settings)


def _check_pod(pod: PodView, settings: Settings) -> Iterator[Finding]:
    yield from _unsafe(pod.subject, pod.sysctls, settings)


def _unsafe(subject: str, names: Iterable[str], settings: Settings) -> Iterator[Finding]:
    for name in names:
        # Docker and Kubernetes take slashes in place of dots.
        if name.replace("/", ".") not in settings["safe"]:
            problem = f"sysctls holds {shown(name)}, which may change the kernel for others on the host"
            yield Finding(subject, "sysctls", problem)


RULE = ContainerRule(
    id="A13",
    name="safe-sysctls",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container changes only kernel settings that Kubernetes counts as safe.",
    remedy="drop the sysctl, or set it on the host for all",
    sources=("KSV-0026", "PSS sysctls"),
    defaults={
        "safe": (
            "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports",
            "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time",
            "net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_wmem",
        )
    },
    targets=(DOCKER,),
    reads=("sysctls",),
    each=("sysctls",),
    check=_check,
    resources=(ResourceCheck(of="pods", reads=("sysctls",), each=("sysctls",), check=_check_pod),),
)  # fmt: skip

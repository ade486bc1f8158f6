"""A13: only sysctls that affect nothing else on the host are set.

The list is that of the baseline Pod Security Standard of Kubernetes 1.32 to 1.34: namespaced settings.
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
        # Docker and Kubernetes accept slashes for dots.
        if name.replace("/", ".") not in settings["safe"]:
            problem = f"sysctls holds {shown(name)}, which may affect other containers on the host"
            yield Finding("sysctls", problem)


RULE = ContainerRule(
    id="A13",
    name="safe-sysctls",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container sets only sysctls that Kubernetes classifies as safe.",
    remedy="remove the sysctl, or set it on the host",
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

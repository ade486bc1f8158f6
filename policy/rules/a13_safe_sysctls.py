"""A13: only sysctls that affect nothing else on the host are set.

The list is that of the baseline Pod Security Standard of Kubernetes 1.32 to 1.34: namespaced settings.
"""

from __future__ import annotations

from fleet.source.redaction import shown
from policy.core.checks import on_entries
from policy.core.rule import ContainerRule, Level, ResourceCheck, Settings, Severity
from policy.views.container import DOCKER


def _problem(name: str, settings: Settings) -> str | None:
    # Docker and Kubernetes accept slashes for dots.
    if name.replace("/", ".") in settings["safe"]:
        return None
    return f"sysctls holds {shown(name)}, which may affect other containers on the host"


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
    **on_entries("sysctls", _problem),
    resources=(ResourceCheck(of="pods", **on_entries("sysctls", _problem)),),
)  # fmt: skip

"""B12: ports are 1024 or above."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView

_FIRST = 1024
"""First port that an unprivileged user may listen on."""
_WHY = "which requires a capability, and may belong to a service of the host"


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    for field, numbers in (
        ("ports", [number for port in container.ports for number in (port.host_port, port.container_port)]),
        ("container_ports", [port.number for port in container.container_ports]),
    ):
        for number in dict.fromkeys(numbers):
            if 0 < number < _FIRST:
                yield Finding(field, f"{field} holds {number}, {_WHY}")


RULE = ContainerRule(
    id="B12",
    name="no-privileged-ports",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A container uses no port below 1024, inside or on its host.",
    remedy="listen on a port of 1024 or above; let a Service or a proxy use the low one",
    sources=("KSV-0117", "CIS Docker 5.8"),
    targets=(DOCKER, KUBERNETES),
    reads=("ports", "container_ports"),
    each=("ports", "container_ports"),
    check=_check,
)

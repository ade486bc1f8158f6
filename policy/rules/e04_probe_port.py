"""E04: a probe targets a port that its container declares.

On Docker a health check is a command inside the container, which names no port. On Cloud Run only the container that
receives requests declares one.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.source.redaction import shown
from policy.core.checks import on_field
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import CLOUDRUN, KUBERNETES, ContainerView


def _problems(container: ContainerView, settings: Settings) -> Iterator[str]:
    if container.target == CLOUDRUN and not container.container_ports:
        return
    known = {text for port in container.container_ports for text in (str(port.number), port.name) if text}
    for probe in container.probes:
        if probe.port and probe.port not in known:
            has = f"has {', '.join(sorted(known))}" if known else "has none"
            yield f"probes target port {shown(probe.port)} for {probe.kind}, but the container {has}"


RULE = ContainerRule(
    id="E04",
    name="probe-port",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="A probe targets a port that its container declares.",
    remedy="set containers.<name>.health to one of its ports",
    elsewhere="declare the port under ports, or target a declared one",
    sources=("KubeLinter liveness-port", "KubeLinter readiness-port", "KubeLinter startup-port"),
    targets=(KUBERNETES, CLOUDRUN),
    **on_field("probes", _problems, "container_ports"),
)

"""B14: only declared ports are open.

With publish-all, Docker publishes whatever the image exposes; a service may target a port that no container declares.
Other ports that a container listens on are not registered.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.kubernetes import PodView, ServiceView
from policy.views.label_selectors import Selector
from policy.views.stack import StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for container in stack.containers:
        if any(port.container_port == 0 for port in container.ports):
            yield Finding("ports", "ports publishes all, so the image decides which ports are open", of=container)
    for service in stack.services:
        pods = _pods_of(service, stack)
        declared = {port.number for pod in pods for view in pod.containers for port in view.container_ports}
        for port in service.ports:
            if pods and port.target.isdecimal() and int(port.target) not in declared:
                problem = f"ports target {port.target}, which no container of its pods declares"
                yield Finding("ports", problem, of=service)


def _pods_of(service: ServiceView, stack: StackView) -> list[PodView]:
    """The pods behind a service; none if the ports of one are unknown."""
    if not service.selector or {"selector", "ports"} & service.unknown:
        return []
    candidates = stack.pod_index.candidates(service.place, Selector(service.selector))
    pods = [pod for pod in candidates if service.selector.items() <= pod.pod_labels.items()]
    seen = all("container_ports" not in view.unknown for pod in pods for view in pod.containers)
    return pods if seen else []


RULE = StackRule(
    id="B14",
    name="declared-ports",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="Only ports that a container declares are published or targeted.",
    remedy="declare the port under ports of its group",
    elsewhere="publish specific ports, and declare a service's target ports on the container",
    sources=("CIS Docker 5.9",),
    reads=("containers.ports", "containers.container_ports", "services.ports", "services.selector"),
    check=_check,
)

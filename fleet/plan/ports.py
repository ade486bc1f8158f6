"""A group's endpoints and health checks."""

from __future__ import annotations

from fleet.model import ContainerGroup, Stack
from fleet.plan.deployment import PlannedPort
from fleet.plan.planned_container import PlannedHealth, PlannedHttp
from fleet.targets.registry import target_of


def planned_ports(group: ContainerGroup) -> tuple[PlannedPort, ...]:
    """Sorted by key."""
    return tuple(
        PlannedPort(key, port.port, port.protocol, port.scheme, port.container, port.publish)
        for key, port in sorted(group.ports.items())
        # The default port, which nothing listens on.
        if port.container not in group.containers or not group.containers[port.container].once
    )


def planned_health(group: ContainerGroup, key: str, stack: Stack, test: tuple[str, ...]) -> PlannedHealth:
    """Health check of a container with the command `test`."""
    container = group.containers[key]
    health = container.health
    stands_in = stack.stands_in_for(container)
    ready = health.ready_path or ("/ready" if container.has_agent_host or stands_in else health.path)
    by_command = health.by_command and not stands_in
    return PlannedHealth(
        test=test,
        interval_s=health.interval_s,
        timeout_s=health.timeout_s,
        retries=health.retries,
        start_period_s=health.start_period_s,
        deadline_s=container.time_limit_s if container.once else health.deadline_s,
        http=None
        if by_command or container.once
        else PlannedHttp(target_of(stack).health_port(group, key), health.path, ready),
    )

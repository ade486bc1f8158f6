"""Probes: has it started, does it take requests, does it still work; each asks something else."""

from __future__ import annotations

from components.kubernetes.manifests.base import Object
from fleet.plan.deployment import PlannedContainer

STARTUP_FAILURES = 30
STARTUP_PERIOD_S = 10
READINESS_DELAY_S = 10
LIVENESS_DELAY_S = 30
_READINESS_PERIOD_S = 10


def probes(container: PlannedContainer) -> Object:
    """The three probes of a container, by its HTTP paths or by its command."""
    health = container.health
    works: Object
    takes: Object
    lives: Object
    if health.http:
        works = {"httpGet": {"path": health.http.path, "port": health.http.port}}
        takes = {"httpGet": {"path": health.http.ready_path, "port": health.http.port}}
        # Where one path is all there is, a pod that answers slowly loses its requests, and not its life.
        lives = works if works != takes else {"tcpSocket": {"port": health.http.port}}
    else:
        works = takes = lives = {"exec": {"command": list(health.test)}}
    tries = max(STARTUP_FAILURES, -(-health.deadline_s // STARTUP_PERIOD_S))
    return {
        "startupProbe": {
            **works,
            "periodSeconds": STARTUP_PERIOD_S,
            "timeoutSeconds": health.timeout_s,
            "failureThreshold": tries,
        },
        "readinessProbe": {
            **takes,
            "initialDelaySeconds": READINESS_DELAY_S,
            "periodSeconds": _READINESS_PERIOD_S,
            "timeoutSeconds": health.timeout_s,
            "failureThreshold": health.retries,
        },
        "livenessProbe": {
            **lives,
            "initialDelaySeconds": LIVENESS_DELAY_S,
            "periodSeconds": health.interval_s,
            "timeoutSeconds": health.timeout_s,
            "failureThreshold": health.retries,
        },
    }

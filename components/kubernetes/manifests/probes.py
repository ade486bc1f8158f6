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
    if health.http:
        works = {"httpGet": {"path": health.http.path, "port": health.http.port}}
        takes = {"httpGet": {"path": health.http.ready_path, "port": health.http.port}}
    else:
        works = takes = {"exec": {"command": list(health.test)}}
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
            **works,
            "initialDelaySeconds": LIVENESS_DELAY_S,
            "periodSeconds": health.interval_s,
            "timeoutSeconds": health.timeout_s,
            "failureThreshold": health.retries,
        },
    }

"""Startup, readiness and liveness probes."""

from __future__ import annotations

from components.objects import Object, http_probes, literal
from fleet.plan.planned_container import PlannedContainer

STARTUP_FAILURES = 30
STARTUP_PERIOD_S = 10
READINESS_DELAY_S = 10
LIVENESS_DELAY_S = 30
_READINESS_PERIOD_S = 10


def probes(container: PlannedContainer) -> Object:
    """The three probes of a container, over HTTP or with its command."""
    health = container.health
    if health.http:
        started, ready = http_probes(health.http)
        # With a single path, a slow pod should lose requests but not be restarted.
        live: Object = started if started != ready else {"tcpSocket": {"port": health.http.port}}
    else:
        started = ready = live = {"exec": {"command": [literal(word) for word in health.test]}}
    tries = max(STARTUP_FAILURES, -(-health.deadline_s // STARTUP_PERIOD_S))
    return {
        "startupProbe": {
            **started,
            "periodSeconds": STARTUP_PERIOD_S,
            "timeoutSeconds": health.timeout_s,
            "failureThreshold": tries,
        },
        "readinessProbe": {
            **ready,
            "initialDelaySeconds": READINESS_DELAY_S,
            "periodSeconds": _READINESS_PERIOD_S,
            "timeoutSeconds": health.timeout_s,
            "failureThreshold": health.retries,
        },
        "livenessProbe": {
            **live,
            "initialDelaySeconds": LIVENESS_DELAY_S,
            "periodSeconds": health.interval_s,
            "timeoutSeconds": health.timeout_s,
            "failureThreshold": health.retries,
        },
    }

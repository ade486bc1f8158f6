"""Probes of an instance: whether it has started, still works, and receives requests.

Cloud Run allows a container four minutes to start, and a probe no longer than its period.
"""

from __future__ import annotations

from components.cloudrun.resources.base import Object
from fleet.cloudrun_limits import PROBE_PERIOD_S, limits
from fleet.plan.planned_container import PlannedContainer


def startup_probe(container: PlannedContainer, port: int | None) -> Object | None:
    """Requests the health path, or opens the port; None for a container with neither."""
    health = container.health
    if health.http:
        action: Object = {"http_get": {"path": health.http.path, "port": health.http.port}}
    elif port:
        action = {"tcp_socket": {"port": port}}
    else:
        return None
    return {
        **action,
        "initial_delay_seconds": 0,
        "period_seconds": PROBE_PERIOD_S,
        "timeout_seconds": min(health.timeout_s, PROBE_PERIOD_S),
        "failure_threshold": -(-min(health.deadline_s, limits().startup_max) // PROBE_PERIOD_S),
    }


def liveness_probe(container: PlannedContainer) -> Object | None:
    """An instance that fails it is restarted. Cloud Run probes liveness over HTTP or gRPC only."""
    health = container.health
    if health.http is None:
        return None
    return {
        "http_get": {"path": health.http.path, "port": health.http.port},
        "initial_delay_seconds": 0,
        "period_seconds": health.interval_s,
        "timeout_seconds": min(health.timeout_s, health.interval_s),
        "failure_threshold": health.retries,
    }


def readiness_probe(container: PlannedContainer) -> Object | None:
    """The front door skips a region without ready instances. Cloud Run's success threshold of two is not settable."""
    health = container.health
    if health.http is None:
        return None
    return {
        "http_get": {"path": health.http.ready_path, "port": health.http.port},
        "period_seconds": PROBE_PERIOD_S,
        "timeout_seconds": min(health.timeout_s, PROBE_PERIOD_S),
        "failure_threshold": health.retries,
    }

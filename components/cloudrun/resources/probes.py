"""Probes of an instance: has it started, does it still work, does its region take requests.

Cloud Run gives a container four minutes to start, and no probe longer to answer than the time between two of them.
"""

from __future__ import annotations

from components.cloudrun.resources.base import Object
from fleet.plan.deployment import PlannedContainer

STARTUP_MAX_S = 240
_STARTUP_PERIOD_S = 10
_READINESS_PERIOD_S = 10


def startup_probe(container: PlannedContainer, port: int | None) -> Object | None:
    """Has it started; None for one that answers nowhere."""
    asked = _asked(container, port)
    if asked is None:
        return None
    tries = -(-min(container.health.deadline_s, STARTUP_MAX_S) // _STARTUP_PERIOD_S)
    return {
        **asked,
        "initial_delay_seconds": 0,
        "period_seconds": _STARTUP_PERIOD_S,
        "timeout_seconds": min(container.health.timeout_s, _STARTUP_PERIOD_S),
        "failure_threshold": tries,
    }


def liveness_probe(container: PlannedContainer) -> Object | None:
    """Does it still work; an instance that fails is ended. Cloud Run asks over HTTP or gRPC alone, not whether a port
    is open."""
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
    """Does it take requests. A region whose instances do not is left out by the front door.

    How often it must succeed is not stated: Cloud Run says twice, and its API's description has no field for it.
    """
    health = container.health
    if health.http is None:
        return None
    return {
        "http_get": {"path": health.http.ready_path, "port": health.http.port},
        "period_seconds": _READINESS_PERIOD_S,
        "timeout_seconds": min(health.timeout_s, _READINESS_PERIOD_S),
        "failure_threshold": health.retries,
    }


def _asked(container: PlannedContainer, port: int | None) -> Object | None:
    """What is asked: the path over HTTP, or whether a port is open where only a command inside could tell more."""
    if container.health.http:
        return {"http_get": {"path": container.health.http.path, "port": container.health.http.port}}
    return {"tcp_socket": {"port": port}} if port else None

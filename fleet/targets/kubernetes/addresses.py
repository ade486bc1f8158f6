"""Addresses of a cluster's endpoints."""

from __future__ import annotations

from fleet.network.addresses import Endpoint
from fleet.targets.kubernetes.capacity import cluster_of


def exposed_at(endpoint: Endpoint) -> str | None:
    """URL of an endpoint outside the cluster; None if its entrance does not expose it."""
    entrance = cluster_of(endpoint.stack).entrance
    exposure = entrance.exposed.get(endpoint.group) if entrance else None
    return f"https://{exposure.host}:443" if exposure and exposure.port == endpoint.key else None

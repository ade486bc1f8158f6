"""Health ports: those of a pod keep off each other's agent hosts."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.network.health_port import shared_health_port
from tests.trial_cluster import trial_project


@pytest.mark.parametrize(("lookups", "moved"), [(8000, 8010), (8001, 8011), (7999, 8009), (8002, 8002), (9100, 9100)])
def test_a_sidecar_s_agent_host_keeps_off_the_main_one(lookups: int, moved: int) -> None:
    change: dict[str, Any] = {"store": {"containers": {"lookups": {"health": {"port": lookups}}}}}
    fleet = trial_project(groups=change).fleet
    found = {key: shared_health_port(fleet.groups["store"], key) for key in ("main", "lookups")}
    assert found == {"main": 8000, "lookups": moved}

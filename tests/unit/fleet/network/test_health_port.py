"""Ports of agent hosts: equal to what the agent host itself uses, and apart in a pod."""

from __future__ import annotations

from typing import Any

import pytest
from agent_host.settings import DEFAULT_PORT as FRONT_DOOR
from agent_host.settings import SettingsError, read_settings

from fleet.model.group import DEFAULT_PORT
from fleet.network.health_port import FRONT_DOOR_MAX, health_port, host_ports
from tests.trial_cluster import trial_project

_ENVIRONMENT = {"FLEET_GROUP": "g", "MACHINE_TYPE": "m", "FLEET_AGENTS": '{"A":{"command":["a"]}}'}


def test_the_plan_and_the_agent_host_agree_on_its_ports() -> None:
    assert DEFAULT_PORT == FRONT_DOOR
    for port in (1, 8000, 8443, FRONT_DOOR_MAX):
        settings = read_settings({**_ENVIRONMENT, "FLEET_PORT": str(port)})
        assert host_ports(port) == (settings.port, settings.backend_port)
    with pytest.raises(SettingsError, match="FLEET_PORT"):
        read_settings({**_ENVIRONMENT, "FLEET_PORT": str(FRONT_DOOR_MAX + 1)})


@pytest.mark.parametrize(("lookups", "moved"), [(8000, 8010), (8001, 8011), (7999, 8009), (8002, 8002), (9100, 9100)])
def test_a_sidecar_s_agent_host_keeps_off_the_main_one(lookups: int, moved: int) -> None:
    change: dict[str, Any] = {"store": {"containers": {"lookups": {"health": {"port": lookups}}}}}
    fleet = trial_project(groups=change).fleet
    found = {key: health_port(fleet.groups["store"], key, fleet.stacks["trial"]) for key in ("main", "lookups")}
    assert found == {"main": 8000, "lookups": moved}

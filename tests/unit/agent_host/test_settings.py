"""Settings are read at once, or every fault of the environment is named."""

from __future__ import annotations

import json

import pytest
from agent_host.settings import DEFAULT_PORT, AgentSpec, SettingsError, read_settings

from fleet.model import group
from fleet.network.health_port import FRONT_DOOR_MAX, host_ports

GOOD = {
    "FLEET_GROUP": "core-platform",
    "MACHINE_TYPE": "mainpc",
    "FLEET_AGENTS": '{"Registry":{"command":["python3","-m","a.b"]}}',
}


def faults_of(**changes: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        read_settings(GOOD | changes)
    return caught.value.faults


def test_what_the_plan_leaves_out_has_a_default() -> None:
    settings = read_settings(GOOD)
    assert settings.agents == (AgentSpec("Registry", ("python3", "-m", "a.b"), essential=True),)
    assert (settings.container, settings.port, settings.backend_port) == ("main", 8000, 8001)
    assert (settings.bind_address, settings.stop_grace_s, settings.restarts_max) == ("0.0.0.0", 30, 5)  # noqa: S104
    assert not settings.all_stand_in


def test_agents_keep_their_order_and_may_be_inessential() -> None:
    agents = {"B": {"command": ["b"]}, "A": {"command": ["a"], "essential": False}}
    settings = read_settings(GOOD | {"FLEET_AGENTS": json.dumps(agents)})
    assert [(agent.name, agent.essential) for agent in settings.agents] == [("B", True), ("A", False)]


def test_the_health_port_is_no_other_port() -> None:
    settings = read_settings(GOOD | {"FLEET_PORTS": '{"main":8000,"observability":9000}'})
    assert settings.other_ports == {"observability": 9000}


def test_the_loopback_port_can_be_moved_off_another_port() -> None:
    moved = {"FLEET_PORTS": '{"main":8000,"extra":8001}', "FLEET_LOOPBACK_PORT": "8002"}
    assert read_settings(GOOD | moved).backend_port == 8002


@pytest.mark.parametrize("text", ["true", "True", "1", "yes"])
def test_stand_ins_can_be_asked_for(text: str) -> None:
    assert read_settings(GOOD | {"FLEET_STAND_IN": text}).all_stand_in


def test_all_faults_are_found_at_once() -> None:
    faults = faults_of(FLEET_GROUP="", FLEET_PORT="http", FLEET_STAND_IN="maybe", FLEET_ADDRESS_BOOK="[1]")
    assert [fault.split(":")[0] for fault in faults] == [
        "FLEET_PORT",
        "FLEET_GROUP",
        "FLEET_STAND_IN",
        "FLEET_ADDRESS_BOOK",
    ]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("FLEET_AGENTS", "", "FLEET_AGENTS: is not set"),
        ("FLEET_AGENTS", "{", "FLEET_AGENTS: is not JSON"),
        ("FLEET_AGENTS", "[]", "FLEET_AGENTS: is not a JSON object"),
        ("FLEET_AGENTS", '{"A":{"command":[]}}', "FLEET_AGENTS: A.command: is not a list of words"),
        ("FLEET_AGENTS", '{"A":{"command":"python3 -m a"}}', "FLEET_AGENTS: A.command: is not a list of words"),
        ("FLEET_AGENTS", '{"A":null}', "FLEET_AGENTS: A.command: is not a list of words"),
        ("FLEET_AGENTS", '{"A":{"command":["a"],"essential":"no"}}', "A.essential: is neither true nor false (no)"),
        ("FLEET_AGENTS", '{"A":{"command":["a"],"ports":["x"]}}', "A.ports: no such port (x); use main"),
        ("FLEET_PORT", "65535", "FLEET_PORT: is not a number from 1 to 65534 (65535)"),
        ("FLEET_PORT", "-1", "FLEET_PORT: is not a number from 1 to 65534 (-1)"),
        ("FLEET_PORTS", '{"extra":70000}', "FLEET_PORTS: extra: is not a port (70000)"),
        ("FLEET_PORTS", '{"extra":8001}', "FLEET_PORTS: extra: 8001 is the loopback port of ZMQ"),
        ("FLEET_LOOPBACK_PORT", "x", "FLEET_LOOPBACK_PORT: is not a number from 1 to 65535 (x)"),
        ("FLEET_STOP_GRACE_S", "soon", "FLEET_STOP_GRACE_S: is not a number from 1 to 86400 (soon)"),
        ("FLEET_ADDRESS_BOOK", '{"x":"core:8000"}', "FLEET_ADDRESS_BOOK: x: is not an address (core:8000)"),
        ("FLEET_ADDRESS_BOOK_FILE", "/no/such/file", "FLEET_ADDRESS_BOOK_FILE: cannot be read"),
    ],
)
def test_a_fault_names_the_variable_and_the_value(name: str, value: str, said: str) -> None:
    (fault,) = faults_of(**{name: value})
    assert said in fault
    assert ";" in fault, "it says what to do"


def test_the_plan_and_the_agent_host_agree_on_its_ports() -> None:
    assert DEFAULT_PORT == group.DEFAULT_PORT
    for port in (1, 8000, 8443, FRONT_DOOR_MAX):
        settings = read_settings({**GOOD, "FLEET_PORT": str(port)})
        assert host_ports(port) == (settings.port, settings.backend_port)
    with pytest.raises(SettingsError, match="FLEET_PORT"):
        read_settings({**GOOD, "FLEET_PORT": str(FRONT_DOOR_MAX + 1)})

"""When a container is healthy and when it is ready, as its health command and its probes see it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import pytest
from agent_host.agent_process import State
from agent_host.answers import Answers
from agent_host.health import check_health
from agent_host.peers import Peers
from agent_host.supervisor import AgentStatus, Supervisor

from tests.unit.agent_host.builders import free_ports, host_environment, make_settings, running_host


@dataclass
class Statuses:
    """A supervisor of which only the reported statuses matter."""

    statuses: tuple[AgentStatus, ...]
    stopping: bool = False

    @property
    def healthy(self) -> bool:
        return all(status.up for status in self.statuses if status.essential)


def answers_for(*statuses: AgentStatus, stopping: bool = False) -> Answers:
    return Answers(make_settings(), cast("Supervisor", Statuses(statuses, stopping)), Peers(dict))


@pytest.mark.parametrize(
    ("state", "essential", "status"),
    [
        (State.RUNNING, True, "healthy"),
        (State.STAND_IN, True, "healthy"),
        (State.STARTING, True, "unhealthy"),
        (State.WAITING, True, "unhealthy"),
        (State.GAVE_UP, True, "unhealthy"),
        (State.STOPPED, True, "unhealthy"),
        (State.WAITING, False, "healthy"),
        (State.GAVE_UP, False, "healthy"),
    ],
)
def test_only_essential_agents_make_a_container_unhealthy(state: State, essential: bool, status: str) -> None:
    async def health() -> dict[str, object]:
        return answers_for(AgentStatus("Goal", State.RUNNING, True), AgentStatus("Other", state, essential)).health()

    assert asyncio.run(health())["status"] == status


def test_health_tells_how_each_agent_is() -> None:
    async def health() -> dict[str, object]:
        stand_in = AgentStatus("Goal", State.STAND_IN, True, missing="module a.goal")
        return answers_for(stand_in, AgentStatus("Other", State.RUNNING, False, restarts=2, pid=7)).health()

    assert asyncio.run(health())["agents"] == {
        "Goal": {
            "state": "stand-in",
            "essential": True,
            "stand_in": True,
            "restarts": 0,
            "missing": "module a.goal",
        },
        "Other": {"state": "running", "essential": False, "stand_in": False, "restarts": 2},
    }


def test_a_container_is_ready_until_it_stops() -> None:
    async def ready(make: Callable[[], Answers]) -> dict[str, object]:
        return make().ready()

    up, down = AgentStatus("Goal", State.RUNNING, True), AgentStatus("Late", State.STARTING, True)
    assert asyncio.run(ready(lambda: answers_for(up))) == {"status": "ready"}
    assert asyncio.run(ready(lambda: answers_for(up, stopping=True))) == {"status": "stopping"}
    assert asyncio.run(ready(lambda: answers_for(up, down))) == {"status": "not ready", "waiting_for": ["Late"]}


def test_the_health_command_says_why_nobody_answers() -> None:
    (port,) = free_ports(1)
    healthy, reason = check_health({"FLEET_PORT": str(port)})
    assert not healthy
    assert reason.startswith(f"unhealthy: no answer from port {port}: ")


def test_the_health_command_names_the_agents_that_are_down() -> None:
    (port,) = free_ports(1)
    crash = [sys.executable, "-S", "-c", "raise SystemExit(1)"]
    agents = {"Goal": {"command": crash}, "Extra": {"command": crash, "essential": False}}
    environment = host_environment(port, agents)
    with running_host(environment):
        deadline_s = time.monotonic() + 5
        while check_health(environment)[0] and time.monotonic() < deadline_s:
            time.sleep(0.01)
        healthy, reason = check_health(environment)
    assert not healthy
    assert reason == "unhealthy: Goal (waiting)"


def test_the_health_command_ends_with_its_verdict() -> None:
    (port,) = free_ports(1)
    environment = host_environment(port, ["Goal", "Other"])
    with running_host(environment):
        result = subprocess.run(
            [sys.executable, "-m", "agent_host.health"], env=environment, capture_output=True, text=True, check=False
        )
    assert (result.returncode, result.stdout) == (0, "healthy: 2 agents, 2 of them stand-ins\n")


def test_the_host_tells_all_faults_of_its_settings_and_ends_with_2() -> None:
    environment = host_environment(8000, ["Goal"], FLEET_PORT="x", FLEET_PORTS=json.dumps({"a": 0}))
    result = subprocess.run(
        [sys.executable, "-m", "agent_host"], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert [line.split(":")[1].strip() for line in result.stderr.splitlines()] == ["FLEET_PORT", "FLEET_PORTS"]

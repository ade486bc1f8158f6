"""A whole host with agents that have no code: what others see of it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from typing import Any

import pytest
import zmq
from agent_host.processes import read_processes

from tests.unit.agent_host.builders import SLEEPS, free_ports, get, host_environment, running_host

FOURTEEN = [f"Agent{number}" for number in range(14)]


def ask(port: int, request: bytes) -> Any:
    """The JSON reply to a ZMQ request."""
    with zmq.Context() as context, context.socket(zmq.REQ) as requests:
        requests.linger = 0
        requests.rcvtimeo = 3000
        requests.connect(f"tcp://127.0.0.1:{port}")
        requests.send(request)
        return json.loads(requests.recv())


def test_a_stand_in_answers_on_both_protocols_and_tells_which_peers_it_reaches() -> None:
    port, closed = free_ports(2)
    with socket.create_server(("127.0.0.1", 0)) as peer:
        book = {
            "core-platform": f"tcp://127.0.0.1:{peer.getsockname()[1]}",
            "memory-stack": f"tcp://127.0.0.1:{closed}",
            "elsewhere/observability": "tcp://no-such-host.invalid:9000",
        }
        environment = host_environment(port, ["GoalManager"], FLEET_ADDRESS_BOOK=json.dumps(book))
        with running_host(environment):
            status, answer = get(port, "/ping/GoalManager")
            assert ask(port, b"GoalManager") == answer
    assert status == 200
    assert (answer["name"], answer["group"], answer["machine"]) == ("GoalManager", "demo", "pc2")
    assert answer["stand_in"]
    assert answer["missing"] == "module no_such_package.goalmanager"
    assert {ref: peer["reachable"] for ref, peer in answer["peers"].items()} == {
        "core-platform": True,
        "memory-stack": False,
        "elsewhere/observability": False,
    }
    assert "Connect call failed" in answer["peers"]["memory-stack"]["error"]


@pytest.fixture(scope="module")
def port() -> Any:
    """The front door of a host whose agents all stand in, with a second port."""
    port, second = free_ports(2)
    environment = host_environment(
        port, FOURTEEN, FLEET_PORTS=json.dumps({"main": port, "observability": second}), FLEET_STAND_IN="true"
    )
    with running_host(environment):
        yield port, second


@pytest.mark.parametrize("request_", [b"", b"{}", b'""', b"null"])
def test_without_a_name_the_container_itself_answers(port: tuple[int, int], request_: bytes) -> None:
    assert ask(port[0], request_)["agents"] == FOURTEEN
    assert get(port[0], "/ping")[1]["agents"] == FOURTEEN


@pytest.mark.parametrize("request_", [b"Agent3", b'"Agent3"', b'{"agent":"Agent3"}'])
def test_a_name_may_be_text_or_json(port: tuple[int, int], request_: bytes) -> None:
    assert ask(port[0], request_)["name"] == "Agent3"


def test_an_unknown_name_gets_the_known_ones(port: tuple[int, int]) -> None:
    said = "no agent Nobody in demo/main; it has Agent0, Agent1"
    assert ask(port[0], b"Nobody")["error"].startswith(said)
    status, answer = get(port[0], "/ping/Nobody")
    assert status == 404
    assert answer["error"].startswith(said)


def test_the_other_ports_of_the_group_answer_alike(port: tuple[int, int]) -> None:
    assert ask(port[1], b"Agent3")["name"] == "Agent3"
    assert get(port[1], "/health")[0] == 200


def test_an_unknown_path_gets_the_known_ones(port: tuple[int, int]) -> None:
    status, answer = get(port[0], "/")
    assert status == 404
    assert "/metrics" in answer["paths"]


def test_fourteen_stand_ins_cost_less_than_a_second_of_processor_time_and_end_with_0_at_sigterm() -> None:
    (port,) = free_ports(1)
    with running_host(host_environment(port, FOURTEEN)) as host:
        assert get(port, "/health")[0] == 200
        assert next(process.cpu_s for process in read_processes() if process.pid == host.pid) < 1
        host.send_signal(signal.SIGTERM)
        output, _ = host.communicate(timeout=2)
    assert host.returncode == 0
    assert json.loads(output.splitlines()[-1])["message"] == "stopped"


def test_a_stand_in_for_a_program_without_agents_answers_on_all_its_ports() -> None:
    port, second = free_ports(2)
    ports = json.dumps({"main": port, "more": second})
    with running_host(host_environment(port, {}, FLEET_PORTS=ports, FLEET_STAND_IN="true")):
        assert get(port, "/health")[0] == get(second, "/health")[0] == 200
        assert ask(second, b"")["agents"] == []


def test_an_agent_that_serves_a_port_itself_gets_it() -> None:
    port, own = free_ports(2)
    serve = (
        "import os, socket, time\n"
        f"servers = [socket.create_server(('127.0.0.1', port)) for port in ({own}, {port + 1})]\n"
        "print('serving', flush=True)\n"
        "time.sleep(60)\n"
    )
    agents = {
        "Hub": {"command": [sys.executable, "-S", "-c", serve], "ports": ["observability", "main"]},
        "Other": {"command": ["python3", "-m", "no_such_package.other"]},
    }
    environment = host_environment(port, agents, FLEET_PORTS=json.dumps({"main": port, "observability": own}))
    with running_host(environment) as host:
        assert host.stdout
        assert any('"message": "serving"' in line for line in host.stdout)
        assert get(port, "/health")[1]["agents"]["Hub"]["restarts"] == 0


def test_a_lost_essential_agent_ends_the_host_with_1() -> None:
    (port,) = free_ports(1)
    agents = {
        "Goal": {"command": [sys.executable, "-S", "-c", "raise SystemExit(1)"]},
        "Other": {"command": [sys.executable, "-S", "-c", SLEEPS]},
    }
    with running_host(host_environment(port, agents, FLEET_RESTARTS_MAX="0")) as host:
        output, _ = host.communicate(timeout=5)
    assert host.returncode == 1
    assert "essential agent Goal is lost" in output


def test_a_taken_port_is_reported_and_ends_the_host_with_1() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = subprocess.run(
            [sys.executable, "-m", "agent_host"],
            env=host_environment(taken.getsockname()[1], ["Goal"]),
            capture_output=True,
            text=True,
            check=False,
        )
    assert result.returncode == 1
    assert "cannot listen" in result.stdout


def test_a_peer_with_an_impossible_name_is_unreachable_and_nothing_else() -> None:
    (port,) = free_ports(1)
    book = json.dumps({"odd": f"tcp://{'x' * 64}.local:8000"})
    with running_host(host_environment(port, ["Goal"], FLEET_ADDRESS_BOOK=book)):
        assert not ask(port, b"Goal")["peers"]["odd"]["reachable"]
        assert ask(port, b"Goal")["name"] == "Goal"


def test_a_host_that_stops_is_not_ready() -> None:
    (port,) = free_ports(1)
    slow = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(1), sys.exit()))\n"
        "print('serving', flush=True)\n"
        "time.sleep(60)\n"
    )
    agents = {"Slow": {"command": [sys.executable, "-S", "-c", slow]}}
    with running_host(host_environment(port, agents)) as host:
        assert host.stdout
        assert any('"message": "serving"' in line for line in host.stdout)
        host.send_signal(signal.SIGTERM)
        while (answer := get(port, "/ready")) == (200, {"status": "ready"}):
            pass
        assert answer == (503, {"status": "stopping"})
        host.communicate(timeout=10)
    assert host.returncode == 0

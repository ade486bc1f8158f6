"""The agent host's image on a real daemon, hardened as the fleet runs it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from docker.models.containers import Container

from tests.daemon import client
from tests.docker.agent_host_container import (
    IMAGE,
    answer_of,
    build_image,
    health_of,
    log_of,
    missing_for_build,
    run_inside,
    running,
    started_at,
    wait_for,
)
from tests.levels import need

pytestmark = pytest.mark.docker

STAND_INS = {f"Agent{number}": {"command": ["python3", "-m", f"absent.agent{number}"]} for number in range(14)}
UP_S_MAX = 1.0
MEMORY_MIB_MAX = 80
SLEEPER = {"command": ["python3", "-c", "import time; time.sleep(600)"]}
DEAF_CODE = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
)
DEAF = {"command": ["python3", "-c", DEAF_CODE]}


@pytest.fixture(scope="module", autouse=True)
def _image() -> None:
    need("docker", missing_for_build())
    build_image()


@pytest.fixture(scope="module")
def stand_ins(_image: None) -> Iterator[Container]:
    """A container with fourteen agents that have no code."""
    with running(STAND_INS) as container:
        wait_for(lambda: health_of(container) == "healthy")
        yield container


def up_s(container: Container) -> float:
    """Seconds from the start of the container's process to its open front door."""
    wait_for(lambda: any("listening" in line.get("message", "") for line in log_of(container)))
    announced = next(line["time"] for line in log_of(container) if "listening" in line["message"])
    return (datetime.fromisoformat(announced) - started_at(container)).total_seconds()


def host_cpu_s(container: Container) -> float:
    """Processor time of the host so far, as its metrics tell."""
    get = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8000/metrics').read().decode())"
    lines = run_inside(container, get).splitlines()
    return float(next(line for line in lines if line.startswith("fleet_host_cpu_seconds_total{")).split()[-1])


def resident_mib(container: Container) -> float:
    """Resident memory of all processes, shared pages counted each time: more than the kernel charges."""
    pages = (
        "import pathlib; print(sum(int((p / 'statm').read_text().split()[1]) "
        "for p in pathlib.Path('/proc').iterdir() if p.name.isdecimal() and p.name != 'self' "
        "and 'agent_host' in (p / 'cmdline').read_text()))"
    )
    return int(run_inside(container, pages)) * 4096 / 2**20


def test_it_is_healthy_with_stand_ins(stand_ins: Container) -> None:
    assert answer_of(stand_ins, "/health")["status"] == "healthy"
    (check, *_) = stand_ins.attrs["State"]["Health"]["Log"]
    assert check["Output"] == "healthy: 14 agents, 14 of them stand-ins\n"


def test_fourteen_stand_ins_are_up_within_a_second() -> None:
    """The best of three. Where others keep the processors busy, what counts is the processor time it took."""
    waited, worked = [], []
    for _ in range(3):
        with running(STAND_INS) as container:
            waited.append(up_s(container))
            worked.append(host_cpu_s(container))
    print(f"up after {min(waited):.2f} s, of which {min(worked):.2f} s processor time")
    busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    assert min(worked if busy else waited) < UP_S_MAX


def test_fourteen_stand_ins_fit_in_80_mib_after_they_were_asked_everything(stand_ins: Container) -> None:
    for path in ("/health", "/ready", "/ping", "/ping/Agent3"):
        answer_of(stand_ins, path)
    run_inside(stand_ins, "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/metrics').read()")
    resident = resident_mib(stand_ins)
    print(f"{resident:.1f} MiB resident")
    assert resident < MEMORY_MIB_MAX


def test_a_stand_in_answers_zmq_on_the_health_port(stand_ins: Container) -> None:
    code = (
        "import zmq; s = zmq.Context().socket(zmq.REQ); s.connect('tcp://127.0.0.1:8000'); "
        "s.send(b'Agent3'); print(s.recv().decode())"
    )
    assert json.loads(run_inside(stand_ins, code))["name"] == "Agent3"


def test_it_runs_without_rights_and_cannot_write_its_root(stand_ins: Container) -> None:
    code = "import os; print(os.getuid(), os.getgid(), os.access('/app', os.W_OK), os.access('/data', os.W_OK))"
    assert run_inside(stand_ins, code) == "10001 10001 False False"
    status = run_inside(stand_ins, "print(open('/proc/self/status').read())")
    facts = dict(line.split(":\t") for line in status.splitlines() if ":\t" in line)
    assert int(facts["CapEff"], 16) == 0
    assert int(facts["CapBnd"], 16) == 0
    assert facts["NoNewPrivs"] == "1"


def test_any_user_can_write_a_new_volume() -> None:
    volume = client().volumes.create()
    try:
        mounts = {volume.name: {"bind": "/data", "mode": "rw"}}
        with running({"Goal": SLEEPER}, user="54321:54321", volumes=mounts) as container:
            code = "from agent_host.lib import data_dir; (data_dir() / 'kept').write_text('x'); print('written')"
            assert run_inside(container, code) == "written"
    finally:
        volume.remove(force=True)


def test_a_killed_agent_comes_back() -> None:
    with running({"Goal": SLEEPER, "Other": SLEEPER}) as container:
        wait_for(lambda: health_of(container) == "healthy")
        run_inside(
            container,
            "import os, pathlib\n"
            "for p in pathlib.Path('/proc').iterdir():\n"
            "    if p.name.isdecimal() and b'FLEET_AGENT=Goal' in (p / 'environ').read_bytes():\n"
            "        os.kill(int(p.name), 9)",
        )

        def goal() -> Any:
            return answer_of(container, "/ping/Goal")

        wait_for(lambda: goal()["restarts"] == 1 and goal()["state"] == "running")
        assert answer_of(container, "/ping/Other")["restarts"] == 0
        container.reload()
        assert container.attrs["RestartCount"] == 0


def test_a_lost_essential_agent_ends_the_container() -> None:
    agents = {"Goal": {"command": ["python3", "-c", "raise SystemExit(1)"]}, "Other": SLEEPER}
    with running(agents, environment={"FLEET_RESTARTS_MAX": "1"}) as container:
        assert container.wait(timeout=30)["StatusCode"] == 1
        assert "essential agent Goal is lost" in log_of(container)[-2]["message"]


def test_it_stops_within_the_grace_period_though_an_agent_does_not_listen() -> None:
    with running({"Calm": SLEEPER, "Deaf": DEAF}, environment={"FLEET_STOP_GRACE_S": "3"}) as container:
        wait_for(lambda: any(line["message"] == "deaf" for line in log_of(container)))
        started_s = time.monotonic()
        container.stop(timeout=3)
        took_s = time.monotonic() - started_s
        container.reload()
        assert container.attrs["State"]["ExitCode"] == 0, "ended by itself, not by Docker"
        assert took_s < 3.5


def test_wrong_settings_end_it_with_2_and_say_why() -> None:
    with running({}, environment={"FLEET_AGENTS": "", "FLEET_PORT": "x"}) as container:
        assert container.wait(timeout=30)["StatusCode"] == 2
        said = container.logs().decode().splitlines()
        assert [line.split(":")[1] for line in said] == [" FLEET_PORT", " FLEET_AGENTS"]


def test_the_image_carries_no_build_tools_and_says_what_it_is() -> None:
    image = client().images.get(IMAGE)
    config = image.attrs["Config"]
    assert config["User"] == "10001:10001"
    assert config["StopSignal"] == "SIGTERM"
    assert config["Healthcheck"]["Test"] == ["CMD", "python3", "-m", "agent_host.health"]
    assert config["Labels"]["org.opencontainers.image.title"] == "agent-host"
    script = "command -v gcc make pip; python3 -c 'import pip' 2>/dev/null && echo pip; find /build /root/.cache; true"
    found = client().containers.run(IMAGE, ["sh", "-c", script], remove=True, stderr=False).decode()
    assert found == ""

"""What Prometheus gets to see."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from agent_host.agent_process import State
from agent_host.metrics import render_metrics
from agent_host.processes import OrphanReaper, read_processes
from agent_host.supervisor import AgentStatus
from prometheus_client.parser import text_string_to_metric_families

from tests.unit.agent_host.builders import SLEEPS, make_settings

PLACE = {"group": "demo", "container": "main", "machine": "pc2"}


def figures(*statuses: AgentStatus) -> dict[tuple[str, str], float]:
    """(metric, agent) -> value."""
    text = render_metrics(make_settings(), statuses, os.getpid()).decode()
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            assert PLACE.items() <= sample.labels.items()
            found[sample.name, sample.labels.get("agent", "")] = sample.value
    return found


def test_states_and_restarts_are_reported_for_each_agent() -> None:
    found = figures(
        AgentStatus("Goal", State.WAITING, True, restarts=3),
        AgentStatus("Stand", State.STAND_IN, True),
    )
    assert found["fleet_agent_up", "Goal"] == 0
    assert found["fleet_agent_restarts_total", "Goal"] == 3
    assert found["fleet_agent_up", "Stand"] == 1
    assert found["fleet_agent_stand_in", "Stand"] == 1


def test_memory_and_cpu_are_those_of_the_agent_with_all_it_started() -> None:
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {SLEEPS!r}])"
    agent = subprocess.Popen([sys.executable, "-S", "-c", code], start_new_session=True)
    try:
        while sum(process.session == agent.pid for process in read_processes()) < 2:
            time.sleep(0.01)
        found = figures(AgentStatus("Goal", State.RUNNING, True, pid=agent.pid))
        alone = next(process for process in read_processes() if process.pid == agent.pid)
    finally:
        os.killpg(agent.pid, 9)
        agent.wait()
    assert found["fleet_agent_memory_bytes", "Goal"] > alone.memory_bytes > 0
    assert found["fleet_agent_cpu_seconds_total", "Goal"] >= 0


def test_a_stand_in_has_no_memory_of_its_own_but_the_host_has() -> None:
    found = figures(AgentStatus("Stand", State.STAND_IN, True))
    assert ("fleet_agent_memory_bytes", "Stand") not in found
    assert found["fleet_host_memory_bytes", ""] > 1_000_000


def test_a_program_with_an_odd_name_is_read_right(tmp_path: Path) -> None:
    folder = tmp_path / "42"
    folder.mkdir()
    fields = ["S", "1", "40", "41", *["0"] * 7, "150", "50", *["0"] * 8, "3", "0"]
    (folder / "stat").write_text("42 (odd) (name)) " + " ".join(fields))
    (tmp_path / "self").mkdir()
    (process,) = read_processes(tmp_path)
    assert (process.pid, process.parent, process.session, process.zombie) == (42, 1, 41, False)
    assert process.memory_bytes == 3 * os.sysconf("SC_PAGE_SIZE")
    assert process.cpu_s == pytest.approx(200 / os.sysconf("SC_CLK_TCK"))


def test_an_orphan_is_cleared_the_second_time_it_is_seen() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    reaper = OrphanReaper()
    while not any(process.pid == child and process.zombie for process in read_processes()):
        time.sleep(0.005)
    reaper.reap(own={child})
    reaper.reap(own=set())
    assert any(process.pid == child for process in read_processes())
    reaper.reap(own=set())
    assert not any(process.pid == child for process in read_processes())

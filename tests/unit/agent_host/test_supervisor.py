"""Agents as real processes: restarted, given up, stopped in order."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

from agent_host.agent_process import State
from agent_host.processes import read_processes
from agent_host.settings import AgentSpec
from agent_host.supervisor import Supervisor

from tests.unit.agent_host.builders import CRASHES, IGNORES_SIGTERM, Log, make_agent, make_supervisor, until


def states(supervisor: Supervisor) -> dict[str, State]:
    return {status.name: status.state for status in supervisor.statuses}


def pid_of(supervisor: Supervisor, name: str) -> int:
    return next(status.pid for status in supervisor.statuses if status.name == name and status.pid)


def test_a_killed_agent_comes_back() -> None:
    async def test() -> None:
        log = Log()
        supervisor = make_supervisor(make_agent("Goal"), log=log)
        supervisor.start()
        await until(lambda: supervisor.healthy)
        first = pid_of(supervisor, "Goal")
        os.kill(first, signal.SIGKILL)
        await until(lambda: not supervisor.healthy)
        await until(lambda: supervisor.healthy)
        assert pid_of(supervisor, "Goal") != first
        assert supervisor.statuses[0].restarts == 1
        assert log.messages("Goal") == ["ended by SIGKILL; starts again in 0.01 s"]
        await supervisor.stop(2)

    asyncio.run(test())


def test_an_essential_agent_that_keeps_crashing_is_lost() -> None:
    async def test() -> None:
        log = Log()
        supervisor = make_supervisor(make_agent("Goal", CRASHES), make_agent("Other"), log=log)
        supervisor.start()
        assert await asyncio.wait_for(supervisor.essential_lost, 5) == "Goal"
        assert states(supervisor) == {"Goal": State.GAVE_UP, "Other": State.RUNNING}
        assert not supervisor.healthy
        assert log.messages("Goal")[-1] == "ended with exit code 3; given up after 2 restarts"
        await supervisor.stop(2)

    asyncio.run(test())


def test_an_inessential_agent_may_be_given_up() -> None:
    async def test() -> None:
        supervisor = make_supervisor(make_agent("Extra", CRASHES, essential=False), make_agent("Goal"))
        supervisor.start()
        await until(lambda: states(supervisor)["Extra"] is State.GAVE_UP)
        await until(lambda: supervisor.healthy)
        assert not supervisor.essential_lost.done()
        await supervisor.stop(2)

    asyncio.run(test())


def test_a_program_that_cannot_be_started_counts_as_crashed(tmp_path: Path) -> None:
    program = tmp_path / "agent"
    program.write_text("no program")
    program.chmod(0o755)

    async def test() -> None:
        log = Log()
        supervisor = make_supervisor(AgentSpec("Goal", (str(program),)), log=log)
        supervisor.start()
        await asyncio.wait_for(supervisor.essential_lost, 5)
        assert "cannot be started: [Errno 8]" in log.messages("Goal")[0]
        assert log.messages("Goal")[1] == "ended with exit code 127; starts again in 0.01 s"

    asyncio.run(test())


def test_agents_are_stopped_last_started_first(tmp_path: Path) -> None:
    record = tmp_path / "stopped"
    code = (
        "import os, signal, sys, time\n"
        "def stop(*_):\n"
        f"    time.sleep(0.05); open({str(record)!r}, 'a').write(os.environ['FLEET_AGENT'] + ' '); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )

    async def test() -> None:
        log = Log()
        supervisor = make_supervisor(*(make_agent(name, code) for name in ("A", "B", "C")), log=log)
        supervisor.start()
        await until(lambda: all(log.messages(name) for name in ("A", "B", "C")))
        await supervisor.stop(5)
        assert record.read_text().split() == ["C", "B", "A"]
        assert set(states(supervisor).values()) == {State.STOPPED}

    asyncio.run(test())


def test_a_deaf_agent_is_killed_within_the_grace_period_and_the_others_still_get_their_turn() -> None:
    async def test() -> None:
        log = Log()
        supervisor = make_supervisor(make_agent("Calm"), make_agent("Deaf", IGNORES_SIGTERM), log=log)
        supervisor.start()
        await until(lambda: log.messages("Deaf"))
        started_s = time.monotonic()
        await supervisor.stop(0.5)
        assert time.monotonic() - started_s < 0.5
        assert log.messages("Deaf")[-1] == "did not end within the grace period; killed"
        assert not log.messages("Calm")
        assert set(states(supervisor).values()) == {State.STOPPED}

    asyncio.run(test())


def test_an_agent_waiting_for_its_restart_is_stopped_at_once() -> None:
    async def test() -> None:
        supervisor = make_supervisor(make_agent("Goal", "import time; time.sleep(0.05)"))
        supervisor.start()
        await until(lambda: states(supervisor)["Goal"] is State.WAITING)
        await supervisor.stop(5)
        assert states(supervisor) == {"Goal": State.STOPPED}

    asyncio.run(test())


def test_what_an_agent_left_behind_ends_with_it_and_does_not_hold_its_log_open() -> None:
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True)\n"
    )

    async def test() -> None:
        log = Log()
        supervisor = make_supervisor(make_agent("Goal", code), log=log)
        supervisor.start()
        await asyncio.wait_for(supervisor.essential_lost, 5)
        children = {int(message) for message in log.messages("Goal") if message.isdecimal()}
        assert len(children) == 3
        # Killed, but the kernel may not have come round to it yet.
        await until(lambda: not [p for p in read_processes() if p.pid in children and not p.zombie])

    asyncio.run(test())


def test_the_output_of_an_agent_is_logged_under_its_name() -> None:
    async def test() -> None:
        log = Log()
        code = "import sys, time; print('out'); print('bad', file=sys.stderr); sys.stdout.flush(); time.sleep(60)"
        supervisor = make_supervisor(make_agent("Goal", code), log=log)
        supervisor.start()
        await until(lambda: len(log.objects) == 2)
        assert {(entry["message"], entry["level"]) for entry in log.objects} == {("out", "info"), ("bad", "error")}
        await supervisor.stop(2)

    asyncio.run(test())

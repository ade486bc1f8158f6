"""Small agents, settings and hosts for tests."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from agent_host.logs import LogLines
from agent_host.restarts import RestartPolicy
from agent_host.settings import AgentSpec, Settings
from agent_host.supervisor import Supervisor

from tests.unit.agent_host.conftest import SOURCE

FAST = RestartPolicy(restarts_max=2, first_pause_s=0.01, longest_pause_s=0.02)
"""Gives an agent up within a few process starts."""

SLEEPS = "import time; time.sleep(60)"
CRASHES = "raise SystemExit(3)"
IGNORES_SIGTERM = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)


def make_agent(name: str = "Agent", code: str = SLEEPS, essential: bool = True) -> AgentSpec:
    """An agent that runs Python code. It skips `site`, to start in a third of the time."""
    return AgentSpec(name, (sys.executable, "-S", "-E", "-c", code), essential)


def make_settings(**changes: Any) -> Settings:
    """Settings of a container with one agent."""
    values: dict[str, Any] = {"group": "demo", "container": "main", "machine": "pc2", "agents": (make_agent(),)}
    return Settings(**{**values, **changes})


class Log:
    """The log of a test, as lines and as objects."""

    def __init__(self) -> None:
        self._text = io.StringIO()
        self.lines = LogLines("demo", "pc2", self._text)

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Every line, parsed."""
        return [json.loads(line) for line in self._text.getvalue().splitlines()]

    def messages(self, agent: str) -> list[str]:
        """What was said about or by one agent."""
        return [entry["message"] for entry in self.objects if entry["agent"] == agent]


def make_supervisor(*agents: AgentSpec, log: Log | None = None, stand_ins: dict[str, str] | None = None) -> Supervisor:
    """A supervisor with fast restarts; only inside a running event loop."""
    return Supervisor(agents, stand_ins or {}, FAST, (log or Log()).lines)


async def until(condition: Callable[[], object], timeout_s: float = 5.0) -> None:
    """Waits until something holds; fails where it does not in time."""
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.005)


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on, where the one after each is free too."""
    found: list[int] = []
    with contextlib.ExitStack() as stack:
        while len(found) < count:
            pair = [stack.enter_context(socket.socket()) for _ in range(2)]
            pair[0].bind(("127.0.0.1", 0))
            port = pair[0].getsockname()[1]
            with contextlib.suppress(OSError):
                pair[1].bind(("127.0.0.1", port + 1))
                found.append(port)
    return found


def host_environment(port: int, agents: Sequence[str] | dict[str, Any], **more: str) -> dict[str, str]:
    """What the plan gives a container; agents given by name alone have no code."""
    if not isinstance(agents, dict):
        agents = {name: {"command": ["python3", "-m", f"no_such_package.{name.lower()}"]} for name in agents}
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
        "FLEET_GROUP": "demo",
        "MACHINE_TYPE": "pc2",
        "BIND_ADDRESS": "127.0.0.1",
        "FLEET_PORT": str(port),
        "FLEET_AGENTS": json.dumps(agents),
        **more,
    }


@contextlib.contextmanager
def running_host(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A host as a process of its own, once it answers; ended at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "agent_host"],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        deadline_s = time.monotonic() + 5
        while time.monotonic() < deadline_s and process.poll() is None:
            with contextlib.suppress(OSError):
                get(int(environment["FLEET_PORT"]), "/ready")
                break
            time.sleep(0.01)
        yield process
    finally:
        process.kill()
        process.communicate()


def get(port: int, path: str) -> tuple[int, Any]:
    """Status of a GET and its body, parsed where it is JSON."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            status, kind, body = response.status, response.headers["Content-Type"], response.read()
    except urllib.error.HTTPError as error:
        status, kind, body = error.code, error.headers["Content-Type"], error.read()
    return status, json.loads(body) if kind == "application/json" else body.decode()

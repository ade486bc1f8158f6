"""One agent process: start, restart after a crash, stop."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from enum import StrEnum

from agent_host.logs import LogLines
from agent_host.restarts import RestartHistory, RestartPolicy
from agent_host.settings import AgentSpec

_LAST_WORDS_S = 1.0
"""How long to keep reading the output of a process that has ended."""
_CANNOT_START = 127
"""A shell's exit code for a program it cannot run."""


class State(StrEnum):
    """State of an agent."""

    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting"
    """Exited; waits for its restart."""
    GAVE_UP = "gave up"
    STOPPED = "stopped"
    STAND_IN = "stand-in"


class AgentProcess:
    """Keeps one agent running until it is stopped or crashes too often."""

    def __init__(self, spec: AgentSpec, policy: RestartPolicy, logs: LogLines) -> None:
        self.spec = spec
        self.state = State.STARTING
        self.restarts = 0
        self._policy = policy
        self._history = RestartHistory(policy)
        self._logs = logs
        self._stopping = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """Process id, also its session id; None if it is not running."""
        return self._process.pid if self._process else None

    async def run(self) -> State:
        """Runs the agent; returns GAVE_UP or STOPPED."""
        while not self._stopping.is_set():
            started_s = time.monotonic()
            code = await self._run_once()
            now_s = time.monotonic()
            if self._stopping.is_set():
                break
            pause_s = self._history.pause_after(now_s - started_s, now_s)
            if pause_s is None:
                self._log("error", f"{_ending(code)}; given up after {self.restarts} restarts")
                self.state = State.GAVE_UP
                return self.state
            self.restarts += 1
            self.state = State.WAITING
            self._log("warning", f"{_ending(code)}; starts again in {pause_s:g} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_s)
        self.state = State.STOPPED
        return self.state

    def terminate(self) -> None:
        """Asks the agent to exit, and does not restart it."""
        self._stopping.set()
        if self._process:
            with suppress(ProcessLookupError):
                self._process.terminate()

    def kill(self) -> None:
        """Kills the agent and every process it started."""
        self._stopping.set()
        if self._process:
            _kill_session(self._process.pid)

    async def _run_once(self) -> int:
        # Not asyncio's pipes: a grandchild that keeps them open would hide the agent's exit.
        (out_read, out_write), (error_read, error_write) = os.pipe(), os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *self.spec.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out_write,
                stderr=error_write,
                start_new_session=True,
                env={**os.environ, "FLEET_AGENT": self.spec.name},
            )
        except OSError as error:
            os.close(out_read)
            os.close(error_read)
            self._log("error", f"cannot be started: {error}")
            return _CANNOT_START
        finally:
            os.close(out_write)
            os.close(error_write)
        self._process = process
        self.state = State.RUNNING
        if self._stopping.is_set():
            self.terminate()
        output = [
            asyncio.create_task(self._forward(out_read, "info")),
            asyncio.create_task(self._forward(error_read, "error")),
        ]
        code = await process.wait()
        self._process = None
        _kill_session(process.pid)
        _, late = await asyncio.wait(output, timeout=_LAST_WORDS_S)
        for task in late:
            task.cancel()
        return code

    async def _forward(self, pipe: int, level: str) -> None:
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb", 0)
        )
        try:
            await self._logs.forward(self.spec.name, reader, level)
        finally:
            transport.close()

    def _log(self, level: str, message: str) -> None:
        self._logs.host(level, message, self.spec.name)


def _kill_session(pid: int) -> None:
    """A leftover process may still hold ports that the next start needs."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"ended by signal {-code}"

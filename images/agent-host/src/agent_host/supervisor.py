"""All agents of a container: processes, and stand-ins for agents without code."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent_host.agent_process import AgentProcess, State
from agent_host.logs import LogLines
from agent_host.restarts import RestartPolicy
from agent_host.settings import AgentSpec

_KILL_MARGIN = 1 / 3
_KILL_MARGIN_MAX_S = 2.0
"""Part of the grace period reserved for SIGKILL and the host's own exit on a busy machine."""


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """Status of an agent. `missing` is the code that a stand-in replaces, empty if the stand-in was requested."""

    name: str
    state: State
    essential: bool
    restarts: int = 0
    pid: int | None = None
    missing: str = ""

    @property
    def stand_in(self) -> bool:
        """Whether the host answers for it."""
        return self.state is State.STAND_IN

    @property
    def up(self) -> bool:
        """Whether it runs, or a stand-in answers for it."""
        return self.state in (State.RUNNING, State.STAND_IN)


class Supervisor:
    """Starts agents in their declared order and stops them in reverse."""

    def __init__(
        self, agents: Iterable[AgentSpec], stand_ins: Mapping[str, str], policy: RestartPolicy, logs: LogLines
    ) -> None:
        """`stand_ins` maps the name of an agent without a process to what it lacks."""
        self._agents = tuple(agents)
        self._stand_ins = stand_ins
        self._logs = logs
        self._processes = {a.name: AgentProcess(a, policy, logs) for a in self._agents if a.name not in stand_ins}
        self._runs: dict[str, asyncio.Task[State]] = {}
        self.essential_lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Resolves to the name of an essential agent once it is given up."""
        self.stopping = False

    def start(self) -> None:
        """Starts every process; a stand-in needs none."""
        for name, process in self._processes.items():
            self._runs[name] = asyncio.create_task(self._run(process))

    @property
    def statuses(self) -> tuple[AgentStatus, ...]:
        """Every agent, in declared order."""
        return tuple(self._status(agent) for agent in self._agents)

    @property
    def healthy(self) -> bool:
        """Whether every essential agent is up."""
        return all(status.up for status in self.statuses if status.essential)

    @property
    def ready(self) -> bool:
        """Whether it is healthy and not stopping."""
        return self.healthy and not self.stopping

    async def stop(self, grace_s: float) -> None:
        """Stops every process within `grace_s`, the last started first, each with its share of the time left.

        One that takes longer shuts down in parallel with the next, until SIGKILL near the end of the grace period.
        """
        self.stopping = True
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + grace_s - min(grace_s * _KILL_MARGIN, _KILL_MARGIN_MAX_S)
        names = list(reversed(self._runs))
        for position, name in enumerate(names):
            self._processes[name].terminate()
            share_s = max(deadline_s - loop.time(), 0) / (len(names) - position)
            await asyncio.wait([self._runs[name]], timeout=share_s)
        running = [name for name in names if not self._runs[name].done()]
        if not running:
            return
        await asyncio.wait([self._runs[name] for name in running], timeout=max(deadline_s - loop.time(), 0))
        for name in running:
            if not self._runs[name].done():
                self._logs.host("error", "did not end within the grace period; killed", name)
                self._processes[name].kill()
        await asyncio.wait([self._runs[name] for name in running], timeout=1.0)

    async def _run(self, process: AgentProcess) -> State:
        state = await process.run()
        if state is State.GAVE_UP and process.spec.essential and not self.essential_lost.done():
            self.essential_lost.set_result(process.spec.name)
        return state

    def _status(self, agent: AgentSpec) -> AgentStatus:
        if agent.name in self._stand_ins:
            return AgentStatus(agent.name, State.STAND_IN, agent.essential, missing=self._stand_ins[agent.name])
        process = self._processes[agent.name]
        return AgentStatus(agent.name, process.state, agent.essential, process.restarts, process.pid)

"""The host's answers about itself and its agents, for HTTP and ZMQ."""

from __future__ import annotations

import json
from typing import Any

from agent_host.peers import Peers
from agent_host.settings import Settings
from agent_host.supervisor import AgentStatus, Supervisor

Answer = dict[str, Any]


class UnknownAgentError(LookupError):
    """No such agent in this container; the message lists the agents."""


class Answers:
    """Answers for one container, as JSON values."""

    def __init__(self, settings: Settings, supervisor: Supervisor, peers: Peers) -> None:
        self._settings = settings
        self._supervisor = supervisor
        self._peers = peers

    def health(self) -> Answer:
        """Whether all essential agents are up, and the state of each agent."""
        return {
            "status": "healthy" if self._supervisor.healthy else "unhealthy",
            **self._place(),
            "agents": {status.name: _describe(status) for status in self._supervisor.statuses},
        }

    def ready(self) -> Answer:
        """Whether the container accepts work, and if not, why."""
        if self._supervisor.stopping:
            return {"status": "stopping"}
        waiting = [s.name for s in self._supervisor.statuses if s.essential and not s.up]
        return {"status": "not ready", "waiting_for": waiting} if waiting else {"status": "ready"}

    async def ping(self, agent: str = "") -> Answer:
        """Name and location of an agent or the container, and whether each peer is reachable.

        Raises UnknownAgentError.
        """
        statuses = {status.name: status for status in self._supervisor.statuses}
        if agent and agent not in statuses:
            msg = f"no agent {agent} in {self._settings.group}/{self._settings.container}; it has {', '.join(statuses)}"
            raise UnknownAgentError(msg)
        who = {"name": agent, **_describe(statuses[agent])} if agent else {"agents": list(statuses)}
        peers = {
            ref: {"address": reach.address.tcp, "reachable": reach.reachable}
            | ({"error": reach.error} if reach.error else {})
            for ref, reach in (await self._peers.check()).items()
        }
        return {**who, **self._place(), "peers": peers}

    def _place(self) -> Answer:
        settings = self._settings
        return {"group": settings.group, "container": settings.container, "machine": settings.machine}


def to_json(answer: Answer) -> bytes:
    """An answer as bytes on the wire."""
    return json.dumps(answer).encode() + b"\n"


def _describe(status: AgentStatus) -> Answer:
    described: Answer = {
        "state": status.state,
        "essential": status.essential,
        "stand_in": status.stand_in,
        "restarts": status.restarts,
    }
    return described | ({"missing": status.missing} if status.missing else {})

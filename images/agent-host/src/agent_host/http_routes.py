"""The host's HTTP paths."""

from __future__ import annotations

import os
from http import HTTPStatus

from agent_host.answers import Answer, Answers, UnknownAgentError, to_json
from agent_host.http_exchange import Response
from agent_host.settings import Settings
from agent_host.supervisor import Supervisor

PATHS = ("/health", "/ready", "/metrics", "/ping", "/ping/<Agent>")


class HttpRoutes:
    """Answers a path; the front door's handler."""

    def __init__(self, settings: Settings, supervisor: Supervisor, answers: Answers) -> None:
        self._settings = settings
        self._supervisor = supervisor
        self._answers = answers

    async def __call__(self, path: str) -> Response:
        """The answer to a GET of `path`."""
        if path == "/health":
            return _json(self._answers.health(), ok=self._supervisor.healthy)
        if path == "/ready":
            return _json(self._answers.ready(), ok=self._supervisor.ready)
        if path == "/metrics":
            return self._metrics()
        if path == "/ping" or path.startswith("/ping/"):
            return await self._ping(path.removeprefix("/ping").strip("/"))
        return _not_found({"error": f"no path {path}", "paths": list(PATHS)})

    async def _ping(self, agent: str) -> Response:
        try:
            return _json(await self._answers.ping(agent), ok=True)
        except UnknownAgentError as error:
            return _not_found({"error": str(error)})

    def _metrics(self) -> Response:
        # On use: importing the client takes a third of the host's start time.
        from agent_host.metrics import CONTENT_TYPE, render_metrics

        body = render_metrics(self._settings, self._supervisor.statuses, os.getpid())
        return Response(HTTPStatus.OK, body, CONTENT_TYPE)


def _json(answer: Answer, *, ok: bool) -> Response:
    return Response(HTTPStatus.OK if ok else HTTPStatus.SERVICE_UNAVAILABLE, to_json(answer))


def _not_found(answer: Answer) -> Response:
    return Response(HTTPStatus.NOT_FOUND, to_json(answer))

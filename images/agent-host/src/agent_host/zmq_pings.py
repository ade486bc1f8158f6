"""Pings over ZMQ, for the stand-ins of a container.

A request is one frame: nothing (the container itself), an agent's name, or either of them as JSON (`"Name"`,
`{"agent": "Name"}`). The reply is the JSON of `/ping`.
"""

from __future__ import annotations

import json

import zmq
import zmq.asyncio

from agent_host.answers import Answer, Answers, UnknownAgentError, to_json

_REQUEST_MAX = 64 * 1024
"""Bytes of one request, at most."""


class ZmqPings:
    """A reply socket on the loopback port behind the front door."""

    def __init__(self, answers: Answers, port: int) -> None:
        """Raises OSError if the port is taken."""
        self._answers = answers
        self._context = zmq.asyncio.Context()
        self._socket = self._context.socket(zmq.REP)
        self._socket.linger = 0
        self._socket.maxmsgsize = _REQUEST_MAX
        try:
            self._socket.bind(f"tcp://127.0.0.1:{port}")
        except zmq.ZMQError as error:
            raise OSError(error.errno, f"{error.strerror} (ZMQ, 127.0.0.1:{port})") from error

    async def serve(self) -> None:
        """Answers until cancelled."""
        try:
            while True:
                frames = await self._socket.recv_multipart()
                await self._socket.send(to_json(await self._answer(frames[0])))
        finally:
            self._context.destroy(linger=0)

    async def _answer(self, request: bytes) -> Answer:
        try:
            return await self._answers.ping(_agent_in(request))
        except UnknownAgentError as error:
            return {"error": str(error)}


def _agent_in(request: bytes) -> str:
    text = request.decode("utf-8", errors="replace").strip()
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return str(value.get("agent") or "") if isinstance(value, dict) else str(value or "")

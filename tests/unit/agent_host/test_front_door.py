"""One port, two protocols."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import pytest
import zmq
import zmq.asyncio
from agent_host import front_door as front_door_module
from agent_host.front_door import FrontDoor
from agent_host.http_exchange import HEAD_MAX, Response

from tests.unit.agent_host.builders import free_ports


async def echo(path: str) -> Response:
    return Response(HTTPStatus.OK, path.encode(), "text/plain")


def at_the_door(visit: Callable[[int], Awaitable[None]]) -> None:
    """Runs a visit against an open door, given its port."""

    async def main() -> None:
        (port,) = free_ports(1)
        door = FrontDoor(echo, port + 1)
        await door.open("127.0.0.1", port)
        try:
            await visit(port)
        finally:
            door.close()

    asyncio.run(asyncio.wait_for(main(), 10))


async def send(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize(
    ("request_line", "status", "body"),
    [
        (b"GET /health HTTP/1.1", b"200 OK", b"/health"),
        (b"GET /ping/Goal%20A?x=1 HTTP/1.0", b"200 OK", b"/ping/Goal A"),
        (b"HEAD /health HTTP/1.1", b"200 OK", b""),
        (b"POST /health HTTP/1.1", b"405 Method Not Allowed", b'{"error": "Method Not Allowed"}\n'),
        (b"GET /health SPDY/3", b"400 Bad Request", b'{"error": "Bad Request"}\n'),
        (b"nonsense", b"400 Bad Request", b'{"error": "Bad Request"}\n'),
        (b"GET http://[::bad/ HTTP/1.1", b"400 Bad Request", b'{"error": "Bad Request"}\n'),
    ],
)
def test_http_is_answered(request_line: bytes, status: bytes, body: bytes) -> None:
    async def visit(port: int) -> None:
        answer = await send(port, request_line + b"\r\nHost: x\r\n\r\n")
        head, _, given = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 " + status)
        assert given == body

    at_the_door(visit)


def test_a_head_without_end_is_refused() -> None:
    async def visit(port: int) -> None:
        assert (await send(port, b"GET /" + b"x" * 2 * HEAD_MAX)).startswith(b"HTTP/1.1 400")

    at_the_door(visit)


def test_zmq_on_the_same_port_reaches_the_backend() -> None:
    async def visit(port: int) -> None:
        context = zmq.asyncio.Context()
        replies, requests = context.socket(zmq.REP), context.socket(zmq.REQ)
        replies.bind(f"tcp://127.0.0.1:{port + 1}")
        requests.connect(f"tcp://127.0.0.1:{port}")
        large = b"x" * 300_000
        await requests.send(large)
        assert await replies.recv() == large
        await replies.send(b"back")
        assert await requests.recv() == b"back"
        assert (await send(port, b"GET /still HTTP/1.1\r\n\r\n")).endswith(b"/still")
        context.destroy(linger=0)

    at_the_door(visit)


def test_zmq_that_comes_before_the_backend_is_served_once_it_is_there() -> None:
    async def visit(port: int) -> None:
        context = zmq.asyncio.Context()
        requests = context.socket(zmq.REQ)
        requests.reconnect_ivl = 20
        requests.connect(f"tcp://127.0.0.1:{port}")
        await requests.send(b"early")
        await asyncio.sleep(0.1)
        replies = context.socket(zmq.REP)
        replies.bind(f"tcp://127.0.0.1:{port + 1}")
        assert await replies.recv() == b"early"
        context.destroy(linger=0)

    at_the_door(visit)


def test_a_silent_visitor_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_door_module, "TIMEOUT_S", 0.05)

    async def visit(port: int) -> None:
        assert await send(port, b"") == b""

    at_the_door(visit)

"""One HTTP request and its response: the part of the protocol that probes, scrapers and browsers need."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

HEAD_MAX = 16 * 1024
"""Bytes of request line and headers, at most."""
TIMEOUT_S = 10.0

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Response:
    """Status, body and content type."""

    status: HTTPStatus
    body: bytes
    content_type: str = JSON


Handler = Callable[[str], Awaitable[Response]]
"""Answers a GET of a path, decoded and without its query."""


async def exchange(first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handler: Handler) -> None:
    """Answers the request that starts with `first`. The caller closes the connection."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            head = first + await reader.readuntil(b"\r\n\r\n")
    except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        response, bodiless = _refusal(HTTPStatus.BAD_REQUEST), False
    else:
        response, bodiless = await _respond(head, handler)
    writer.write(_head(response) + (b"" if bodiless else response.body))
    await writer.drain()


async def _respond(head: bytes, handler: Handler) -> tuple[Response, bool]:
    words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        return _refusal(HTTPStatus.BAD_REQUEST), False
    method, target, _ = words
    if method not in ("GET", "HEAD"):
        return _refusal(HTTPStatus.METHOD_NOT_ALLOWED), False
    try:
        path = unquote(urlsplit(target).path)
    except ValueError:
        return _refusal(HTTPStatus.BAD_REQUEST), False
    return await handler(path), method == "HEAD"


def _refusal(status: HTTPStatus) -> Response:
    return Response(status, b'{"error": "%s"}\n' % status.phrase.encode())


def _head(response: Response) -> bytes:
    allow = "Allow: GET, HEAD\r\n" if response.status is HTTPStatus.METHOD_NOT_ALLOWED else ""
    return (
        f"HTTP/1.1 {response.status.value} {response.status.phrase}\r\n"
        f"Content-Type: {response.content_type}\r\n"
        f"Content-Length: {len(response.body)}\r\n"
        f"{allow}Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    ).encode("latin-1")

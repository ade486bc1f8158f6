"""One port for ZMQ and HTTP: an address of the fleet names one port per group, and the health check uses it too.

The first byte of a connection tells them apart: ZMTP greets with 0xFF, which no HTTP method starts with. ZMQ
connections are handed on to a loopback port, where a stand-in's socket or an agent's own listens.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from agent_host.http_exchange import HEAD_MAX, TIMEOUT_S, Handler, exchange

_ZMTP_GREETING = b"\xff"
_CHUNK = 64 * 1024


class FrontDoor:
    """Accepts both protocols."""

    def __init__(self, handler: Handler, backend_port: int) -> None:
        self._handler = handler
        self._backend_port = backend_port
        self._servers: list[asyncio.Server] = []
        self._visits: set[asyncio.Task[None]] = set()

    async def open(self, address: str, port: int) -> None:
        """Starts listening. Raises OSError if the port is taken."""
        self._servers.append(await asyncio.start_server(self._accept, address, port, limit=HEAD_MAX))

    def close(self) -> None:
        """Stops listening and closes all connections."""
        for server in self._servers:
            server.close()
        for visit in self._visits:
            visit.cancel()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Its own task: asyncio logs the tasks it creates as failed when they are cancelled.
        visit = asyncio.create_task(self._serve(reader, writer))
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # A port probe disconnects without sending a byte.
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(TIMEOUT_S):
                    first = await reader.read(1)
                if first == _ZMTP_GREETING:
                    await self._hand_on(first, reader, writer)
                elif first:
                    await exchange(first, reader, writer, self._handler)
        finally:
            writer.close()

    async def _hand_on(self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back_reader, back_writer = await asyncio.open_connection("127.0.0.1", self._backend_port)
        back_writer.write(first)
        ways = [
            asyncio.create_task(_pump(reader, back_writer)),
            asyncio.create_task(_pump(back_reader, writer)),
        ]
        try:
            # ZMQ closes both directions at once.
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            back_writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()

"""Whether the endpoints this container may talk to are reachable."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent_host.address_book import Address

CONNECT_TIMEOUT_S = 1.0
KEEP_S = 3.0
"""How long a result is reused, so that many pings make few connections."""


@dataclass(frozen=True, slots=True)
class Reach:
    """An endpoint as seen from here. `error` is empty if it was reached."""

    address: Address
    error: str = ""

    @property
    def reachable(self) -> bool:
        """Whether a TCP connection was made."""
        return not self.error


class Peers:
    """Checks all endpoints of an address book at once."""

    def __init__(self, read_book: Callable[[], Mapping[str, Address]], keep_s: float = KEEP_S) -> None:
        self._read_book = read_book
        self._keep_s = keep_s
        self._lock = asyncio.Lock()
        self._found: dict[str, Reach] = {}
        self._until_s = 0.0

    async def check(self) -> Mapping[str, Reach]:
        """Reference -> result of connecting to it, at most `keep_s` old."""
        async with self._lock:
            if time.monotonic() >= self._until_s:
                book = self._read_book()
                reaches = await asyncio.gather(*(_connect(address) for address in book.values()))
                self._found = dict(zip(book, reaches, strict=True))
                self._until_s = time.monotonic() + self._keep_s
            return self._found


async def _connect(address: Address) -> Reach:
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            _, writer = await asyncio.open_connection(address.host, address.port)
    except TimeoutError:
        return Reach(address, f"no answer within {CONNECT_TIMEOUT_S:g} s")
    except (OSError, UnicodeError) as error:
        # An invalid host name, such as a label of more than 63 characters, raises UnicodeError.
        return Reach(address, str(error))
    writer.close()
    return Reach(address)

"""The endpoints a container may talk to, as `FLEET_ADDRESS_BOOK` or a mounted file gives them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BOOK = "FLEET_ADDRESS_BOOK"
BOOK_FILE = "FLEET_ADDRESS_BOOK_FILE"

_PORTS = range(1, 65536)


@dataclass(frozen=True, slots=True)
class Address:
    """Where an endpoint listens; the same port answers ZMQ and HTTP."""

    host: str
    port: int
    tls: bool = False

    @property
    def tcp(self) -> str:
        """For ZMQ: `tcp://host:port`."""
        return f"tcp://{self.host}:{self.port}"

    @property
    def http(self) -> str:
        """For HTTP: `http://host:port`, or `https://` if it serves TLS only; without a path."""
        return f"http{'s' if self.tls else ''}://{self.host}:{self.port}"


def read_address_book(environ: Mapping[str, str]) -> dict[str, Address]:
    """Reference (`<group>` or `<group>/<port>`) -> address; the file overrides the variable.

    Raises ValueError, with the variable in its message, when either cannot be read.
    """
    book = _parse(BOOK, environ.get(BOOK) or "{}")
    path = environ.get(BOOK_FILE)
    if path:
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            msg = f"{BOOK_FILE}: cannot be read ({path}: {error}); mount the file there, or drop the variable"
            raise ValueError(msg) from error
        book |= _parse(f"{BOOK_FILE} ({path})", text)
    return book


def _parse(source: str, text: str) -> dict[str, Address]:
    try:
        entries = json.loads(text)
    except ValueError as error:
        msg = f'{source}: is not JSON ({error}); give {{"<group>":"tcp://host:port"}}'
        raise ValueError(msg) from error
    if not isinstance(entries, dict):
        msg = f'{source}: is not a JSON object; give {{"<group>":"tcp://host:port"}}'
        raise ValueError(msg)  # noqa: TRY004  (all faults of the environment are ValueError)
    return {ref.removesuffix("/main"): _address(f"{source}: {ref}", url) for ref, url in entries.items()}


def _address(source: str, url: object) -> Address:
    scheme, _, place = str(url).partition("://")
    host, _, port = place.rpartition(":")
    if scheme not in ("tcp", "http", "https") or not host or not port.isdecimal() or int(port) not in _PORTS:
        msg = f"{source}: is not an address ({url}); give tcp://host:port"
        raise ValueError(msg)
    return Address(host, int(port), tls=scheme == "https")

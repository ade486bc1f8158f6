"""Addresses, folders and GPU budget for agents. It reads the environment and opens nothing.

Example::

    from agent_host.lib import bind_endpoint, discover

    requests.connect(discover("memory-stack").tcp)
    replies.bind(bind_endpoint())
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from agent_host.address_book import Address, read_address_book
from agent_host.settings import ANY_ADDRESS, DEFAULT_PORT, MAIN_PORT

__all__ = [
    "Address",
    "UnknownPeerError",
    "bind_address",
    "bind_endpoint",
    "cache_dir",
    "data_dir",
    "discover",
    "gpu_budget_mib",
]

_MIB = {"MiB": 1, "GiB": 1024}


class UnknownPeerError(KeyError):
    """The group declares no such peer; the message lists its peers."""

    def __str__(self) -> str:
        # KeyError would quote the message.
        return str(self.args[0])


def discover(name: str) -> Address:
    """Address of a peer on any machine: `<group>`, or `<group>/<port>` for a port other than main.

    Raises UnknownPeerError for what the group's file does not list under `peers`, ValueError for a broken address book.
    """
    book = read_address_book(os.environ)
    try:
        return book[name.removesuffix("/main")]
    except KeyError:
        known = ", ".join(sorted(book)) or "none"
        group = os.environ.get("FLEET_GROUP", "?")
        msg = f"{name}: is not a peer of group {group} (it has {known}); add it under peers"
        raise UnknownPeerError(msg) from None


def bind_address() -> str:
    """Address to listen on, for ports other than the group's main one."""
    return os.environ.get("BIND_ADDRESS") or ANY_ADDRESS


def bind_endpoint(port: str = MAIN_PORT) -> str:
    """Where to bind a ZMQ socket (`tcp://address:port`) so that peers reach it under the named port of the group.

    The host's front door forwards ZMQ to a loopback port; any other port is bound directly. Raises KeyError for a port
    that the group's file does not give this container.
    """
    front_door = int(os.environ.get("FLEET_PORT") or DEFAULT_PORT)
    ports = {MAIN_PORT: front_door, **json.loads(os.environ.get("FLEET_PORTS") or "{}")}
    if port not in ports:
        msg = f"{port}: is not a port of this container (it has {', '.join(ports)}); add it under ports"
        raise KeyError(msg)
    if ports[port] == front_door:
        return f"tcp://127.0.0.1:{int(os.environ.get('FLEET_LOOPBACK_PORT') or front_door + 1)}"
    return f"tcp://{bind_address()}:{ports[port]}"


def data_dir() -> Path:
    """Folder for persistent data: `FLEET_DATA_DIR`, or /data. Raises OSError if no writable volume is mounted."""
    path = Path(os.environ.get("FLEET_DATA_DIR") or "/data")
    if not os.access(path, os.W_OK):
        msg = f"{path}: is not writable; mount a volume there in the group's file, or set FLEET_DATA_DIR"
        raise OSError(msg)
    return path


def cache_dir() -> Path:
    """Folder for a cache: `FLEET_CACHE_DIR`, or /cache if a volume is mounted there, else a folder under /tmp."""
    path = Path(os.environ.get("FLEET_CACHE_DIR") or "/cache")
    if not os.access(path, os.W_OK):
        path = Path(os.environ.get("TMPDIR") or "/tmp") / "cache"  # noqa: S108  (a tmpfs of this container alone)
    path.mkdir(parents=True, exist_ok=True)
    return path


def gpu_budget_mib() -> int | None:
    """GPU memory in MiB for all agents of this container together; None without a GPU.

    Raises ValueError where `GPU_MEMORY_LIMIT` is not a quantity such as 8192MiB or 8GiB.
    """
    text = os.environ.get("GPU_MEMORY_LIMIT")
    if not text:
        return None
    match = re.fullmatch(r"(\d+)\s*(MiB|GiB)", text)
    if not match:
        msg = f"GPU_MEMORY_LIMIT: is not an amount of memory ({text}); give 8192MiB or 8GiB"
        raise ValueError(msg)
    return int(match[1]) * _MIB[match[2]]

"""A daemon behind ssh, as a local socket.

The Docker SDK's own way needs a second ssh library even to run the ssh command, and makes a connection for every
request. Here each connection to the socket is one `docker system dial-stdio` on the machine, as the Docker command line
and the Pulumi provider do it, over one shared ssh connection.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SSH_OPTIONS = (
    # One connection for all calls: sshd refuses the burst of a whole stack otherwise.
    "-o", "ControlMaster=auto", "-o", "ControlPersist=60s", "-o", "ControlPath=~/.ssh/fleet-%C",
    "-o", "ConnectTimeout=10",
)  # fmt: skip
"""How a machine's daemon is reached, by the provider and by ourselves."""

_DIAL = "docker system dial-stdio"
_STOP_S = 2


@dataclass(frozen=True, slots=True)
class Relay:
    """`url` is the local socket, as `unix://...`."""

    url: str
    _complaints: Path

    def complaint(self) -> str:
        """What ssh, or Docker on the machine, said last; empty where neither complained."""
        lines = self._complaints.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


@contextlib.contextmanager
def relay(connection: str) -> Iterator[Relay]:
    """Serves a local socket for `ssh://[user@]host[:port]` until the block ends.

    It never asks for a password: who runs it may have no terminal.
    """
    command = _command(connection)
    with (
        tempfile.TemporaryDirectory(prefix="fleet-") as folder,
        Path(folder, "complaints").open("wb") as complaints,
        socket.socket(socket.AF_UNIX) as server,
    ):
        path = Path(folder, "docker.sock")
        server.bind(str(path))
        server.listen()
        started: list[subprocess.Popen[bytes]] = []

        def serve() -> None:
            # Closing the server ends it.
            with contextlib.suppress(OSError):
                while True:
                    accepted, _ = server.accept()
                    with accepted:
                        started.append(_dial(command, accepted.fileno(), complaints.fileno()))

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        try:
            yield Relay(f"unix://{path}", Path(complaints.name))
        finally:
            # Closing alone would leave the thread inside accept.
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            # What it is just starting must be in the list.
            serving.join(_STOP_S)
            for process in started:
                process.terminate()
            for process in started:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_STOP_S)


def _dial(command: Sequence[str], connection: int, complaints: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdin=connection, stdout=connection, stderr=complaints)  # noqa: S603


def _command(connection: str) -> list[str]:
    address = urlsplit(connection)
    port = ["-p", str(address.port)] if address.port else []
    user = f"{address.username}@" if address.username else ""
    return ["ssh", *SSH_OPTIONS, "-o", "BatchMode=yes", *port, "--", f"{user}{address.hostname}", _DIAL]

"""A Docker daemon over ssh, relayed to a local socket.

The Docker SDK requires paramiko even to run the ssh command, and opens a connection per request. Here, as in the Docker
CLI and the Pulumi provider, each connection runs `docker system dial-stdio` on the machine, over one shared ssh
connection.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SSH_OPTIONS = (
    # One shared connection: sshd refuses the burst of a whole stack.
    "-o", "ControlMaster=auto", "-o", "ControlPersist=60s", "-o", "ControlPath=~/.ssh/fleet-%C",
    "-o", "ConnectTimeout=10",
)  # fmt: skip
"""Options of every ssh connection, the provider's included."""

_STOP_S = 2


@dataclass(frozen=True, slots=True)
class Relay:
    """A local socket, at `unix://...`, that is connected to a machine's daemon."""

    url: str
    _stderr: Path

    def complaint(self) -> str:
        """The last line on stderr of ssh or Docker, or an empty string."""
        lines = self._stderr.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


@contextlib.contextmanager
def relay(connection: str) -> Iterator[Relay]:
    """Serves a local socket for `ssh://[user@]host[:port]` until the block ends; never asks for a password."""
    command = _command(connection)
    with (
        tempfile.TemporaryDirectory(prefix="fleet-") as folder,
        Path(folder, "stderr").open("wb") as stderr,
        socket.socket(socket.AF_UNIX) as server,
    ):
        path = Path(folder, "docker.sock")
        server.bind(str(path))
        server.listen()
        started: list[subprocess.Popen[bytes]] = []

        def serve() -> None:
            # Ends when the server is closed.
            with contextlib.suppress(OSError):
                while True:
                    accepted, _ = server.accept()
                    with accepted:
                        descriptor = accepted.fileno()
                        process = subprocess.Popen(command, stdin=descriptor, stdout=descriptor, stderr=stderr)  # noqa: S603
                        started.append(process)

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        try:
            yield Relay(f"unix://{path}", Path(stderr.name))
        finally:
            # Closing alone would leave the thread blocked in accept.
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            # Wait for a process that is just being started.
            serving.join(_STOP_S)
            for process in started:
                process.terminate()
            for process in started:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_STOP_S)


def _command(connection: str) -> list[str]:
    address = urlsplit(connection)
    port = ["-p", str(address.port)] if address.port else []
    user = f"{address.username}@" if address.username else ""
    destination = f"{user}{address.hostname}"
    return ["ssh", *SSH_OPTIONS, "-o", "BatchMode=yes", *port, "--", destination, "docker system dial-stdio"]

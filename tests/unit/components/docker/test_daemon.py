"""The client of a machine's daemon: one connection for all it asks, however many addresses that are."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from components.docker.daemon import daemon_client

ANSWER = b'{"ApiVersion": "1.41", "Id": "abc", "Names": [], "State": {}}'


class Daemon(BaseHTTPRequestHandler):
    """Answers every question with the same, and keeps its connection open."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answers."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *what: object) -> None:
        """Says nothing."""


class Server(socketserver.ThreadingUnixStreamServer):
    """Counts its connections."""

    daemon_threads = True
    connections = 0

    def get_request(self) -> tuple[object, str]:  # type: ignore[override]
        """The next connection; a local one has no address, and the handler wants one."""
        self.connections += 1
        return super().get_request()[0], "local"


@contextmanager
def serving(path: Path) -> Iterator[Server]:
    """A daemon on a socket, until the block ends."""
    with Server(str(path), Daemon) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_all_questions_take_one_connection(tmp_path: Path) -> None:
    """Over ssh each would be a session of its own, of which sshd allows ten."""
    with serving(tmp_path / "socket") as server, daemon_client(f"unix://{tmp_path}/socket") as client:
        container = client.containers.get("abc")
        for _ in range(3):
            container.reload()
        client.info()
        client.version()
        assert server.connections == 1


def test_a_second_client_has_a_connection_of_its_own(tmp_path: Path) -> None:
    with serving(tmp_path / "socket") as server:
        for expected in (1, 2):
            with daemon_client(f"unix://{tmp_path}/socket") as client:
                client.info()
            assert server.connections == expected

"""What is said where no daemon answers."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from cli.diagnostics.connection import UnreachableError, connected
from tests.unit.cli.trial_machine import on


def refusal(connection: str) -> str:
    """What is said of a connection."""
    with pytest.raises(UnreachableError) as caught, connected(on({"connection": connection})):
        pass
    return str(caught.value)


def test_a_socket_that_is_not_there() -> None:
    assert refusal("unix:///nowhere/docker.sock") == (
        "unix:///nowhere/docker.sock: no Docker daemon answers (no such file or directory); "
        "start it with `sudo systemctl start docker`, or correct machine.connection in Pulumi.alpha.yaml"
    )


def test_a_socket_that_nobody_serves(tmp_path: Path) -> None:
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(path))
    assert "no Docker daemon answers (connection refused)" in refusal(f"unix://{path}")


def test_a_port_that_nobody_serves() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        connection = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        assert refusal(connection) == (
            f"{connection}: no Docker daemon answers (connection refused); "
            "check that its daemon listens there, or correct machine.connection in Pulumi.alpha.yaml"
        )


def test_a_socket_that_is_closed_to_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "connect", closed)
    assert refusal("unix:///var/run/docker.sock") == (
        "unix:///var/run/docker.sock: no Docker daemon answers (permission denied); "
        "add yourself to the group docker: `sudo usermod -aG docker $USER`, then log in again"
    )


class _Half(BaseHTTPRequestHandler):
    """A daemon that reports its version, refuses to list volumes, and closes the connection on any other request."""

    def do_GET(self) -> None:
        if self.path.endswith("/version"):
            self._answer(200, {"ApiVersion": "1.41", "Version": "20.10"})
        elif self.path.endswith("/volumes"):
            self._answer(500, {"message": "out of order"})

    def _answer(self, status: int, body: dict[str, str]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


class _UnixServer(HTTPServer):
    address_family = socket.AF_UNIX

    def server_bind(self) -> None:
        self.socket.bind(self.server_address)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, _ = self.socket.accept()
        return connection, ("", 0)


@pytest.fixture
def half() -> Iterator[str]:
    """The connection of a daemon that does half its work."""
    with TemporaryDirectory() as folder:
        path = str(Path(folder, "docker.sock"))
        server = _UnixServer(path, _Half)  # type: ignore[arg-type]
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield f"unix://{path}"
        server.shutdown()
        server.server_close()


def test_a_daemon_that_stops_answering(half: str) -> None:
    with pytest.raises(UnreachableError) as caught, connected(on({"connection": half})) as client:
        client.info()
    assert str(caught.value).startswith(f"{half}: the Docker daemon stopped answering (")
    assert "\n" not in str(caught.value)


def test_a_daemon_that_refuses(half: str) -> None:
    with pytest.raises(UnreachableError) as caught, connected(on({"connection": half})) as client:
        client.api.volumes()
    assert "the Docker daemon refused (" in str(caught.value)
    assert "out of order" in str(caught.value)

"""Connections to a daemon over ssh, with a program in place of ssh."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from cli.diagnostics.connection import UnreachableError, connected
from components.docker.ssh import SSH_OPTIONS, relay
from tests.unit.cli.trial_machine import on


@pytest.fixture
def ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program called ssh, before any other; a test writes it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    program = folder / "ssh"
    program.touch(mode=0o755)
    return program


def say(url: str, text: bytes) -> bytes:
    """What comes back for a text."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(url.removeprefix("unix://"))
        client.sendall(text)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(4096), b""))


def test_each_connection_is_one_program_on_the_machine(ssh: Path) -> None:
    log = ssh.with_name("log")
    ssh.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec cat\n')
    with relay("ssh://owner@192.168.9.10:2222") as door:
        assert say(door.url, b"first") == b"first"
        assert say(door.url, b"second") == b"second"
        assert door.complaint() == ""
        place = Path(door.url.removeprefix("unix://"))
        assert place.is_socket()
    options = " ".join(SSH_OPTIONS)
    expected = f"{options} -o BatchMode=yes -p 2222 -- owner@192.168.9.10 docker system dial-stdio"
    assert log.read_text().splitlines() == [expected, expected]
    assert not place.parent.exists()


def test_a_connection_that_is_left_open_ends_with_the_relay(ssh: Path) -> None:
    pid = ssh.with_name("pid")
    ssh.write_text(f"#!/bin/sh\necho $$ > {pid}\necho ready\nexec cat\n")
    with relay("ssh://192.168.9.10") as door, socket.socket(socket.AF_UNIX) as client:
        client.connect(door.url.removeprefix("unix://"))
        assert client.recv(16) == b"ready\n"
    assert not Path(f"/proc/{pid.read_text().strip()}").exists()


def test_what_ssh_says_is_the_reason(ssh: Path) -> None:
    complaint = "owner@192.168.9.10: Permission denied (publickey)."
    ssh.write_text(f'#!/bin/sh\necho "a warning" >&2\necho "{complaint}" >&2\nexit 255\n')
    with pytest.raises(UnreachableError) as caught, connected(on({"connection": "ssh://owner@192.168.9.10"})):
        pass
    assert str(caught.value) == (
        f"ssh://owner@192.168.9.10: no Docker daemon answers ({complaint}); "
        "try `ssh -t owner@192.168.9.10 'docker version'`, or correct machine.connection in Pulumi.alpha.yaml"
    )


def test_a_machine_without_ssh_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreachableError) as caught, connected(on({"connection": "ssh://owner@192.168.9.10"})):
        pass
    assert str(caught.value) == ("ssh://owner@192.168.9.10: the ssh command is not on PATH; install an OpenSSH client")

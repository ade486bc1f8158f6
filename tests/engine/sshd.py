"""An ssh server of our own on the loopback, and an ssh command that knows its host key and has a key for it.

Everything lies in a folder of the test. The ssh client takes its home folder from the user database, so setting HOME
would not keep it from the user's own configuration: a program of its name, found first, does.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import daemon
from tests.levels import need

_SEPARATION = Path("/run/sshd")
"""Folder that a server started by root insists on; a service manager makes it elsewhere."""
_START_S = 10


@dataclass(frozen=True)
class SshServer:
    """A running server. `connection` is a machine's; `environment` has the ssh command that gets in."""

    connection: str
    environment: Mapping[str, str]
    log: Path


WAYS = ("local socket", "ssh")
"""How the engine may reach a daemon."""


@contextmanager
def reached_by(way: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """A machine's connection to the daemon that tests use, and the environment in which it works."""
    if way == "local socket":
        yield daemon.SOCKET, {}
        return
    need("engine-docker", missing_sshd())
    # Sockets have 108 characters for their path: too few for a folder of pytest's.
    with tempfile.TemporaryDirectory(prefix="fleet-") as folder, ssh_server(Path(folder)) as server:
        yield server.connection, server.environment


def missing_sshd() -> str | None:
    """What keeps an ssh server from running here; None where nothing does."""
    lacking = [tool for tool in ("ssh", "ssh-keygen") if shutil.which(tool) is None]
    if _sshd() is None:
        lacking.append("sshd")
    return f"{', '.join(lacking)} is not installed (openssh-server)" if lacking else None


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """Serves on a free port until the block ends."""
    port = _free_port()
    for key in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)], check=True)
    shutil.copy(folder / "user.pub", folder / "authorized")
    if os.geteuid() == 0:
        _SEPARATION.mkdir(exist_ok=True)
    log = folder / "sshd.log"
    (folder / "sshd_config").write_text(_server_config(folder, port))
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    (folder / "ssh_config").write_text(_client_config(folder))
    command = [str(_sshd()), "-D", "-f", str(folder / "sshd_config"), "-E", str(log)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        _wait_until_it_listens(port, log)
        path = f"{_client(folder)}:{os.environ['PATH']}"
        yield SshServer(f"ssh://{getpass.getuser()}@127.0.0.1:{port}", {"PATH": path}, log)
    finally:
        process.terminate()
        process.wait(_START_S)


def _sshd() -> str | None:
    return shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")


def _server_config(folder: Path, port: int) -> str:
    return f"""
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
PidFile none
AuthorizedKeysFile {folder}/authorized
AuthenticationMethods publickey
# Root may log in by key, and the folders above a test's are anybody's.
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
# The daemon that `docker` finds at the other end.
SetEnv DOCKER_HOST={daemon.SOCKET}
"""


def _client_config(folder: Path) -> str:
    return f"""
Host *
  IdentityFile {folder}/user
  IdentitiesOnly yes
  UserKnownHostsFile {folder}/known_hosts
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
"""


def _client(folder: Path) -> Path:
    """A folder with the `ssh` that everything under test finds; the first value ssh sees of an option counts."""
    programs = folder / "bin"
    programs.mkdir()
    ssh = programs / "ssh"
    control = f"-o ControlPath={folder}/%C -o ControlPersist=5s"
    ssh.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {folder}/ssh_config {control} "$@"\n')
    ssh.chmod(0o755)
    return programs


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_listens(port: int, log: Path) -> None:
    give_up = time.monotonic() + _START_S
    while True:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        said = log.read_text() if log.exists() else ""
        assert time.monotonic() < give_up, f"sshd does not listen: {said}"
        time.sleep(0.1)

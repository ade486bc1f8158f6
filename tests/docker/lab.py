"""Docker machines on this one, as scripts of `tools/lab` play them, and how a test works on them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import docker
import requests
from docker.errors import APIError, DockerException
from docker.models.containers import Container

from tests import daemon

ROOT = Path(__file__).parent.parent.parent
_LAB = ROOT / "tools/lab"
ADDRESSES = {"mainpc": "10.98.77.11", "pc2": "10.98.77.12"}
"""Machine -> its address on the cable between the two."""
FRESH_ADDRESS = "10.98.78.2"
"""Address of the new machine, which reaches what this one reaches."""

_COMPOSE_CALLS = (("docker", "compose"), ("docker-compose",), (str(ROOT / ".state/lab/bin/docker-compose"),))
_TOOLS = ("dockerd", "ip", "iptables", "nsenter", "setpriv", "ss", "unshare")


class LabError(Exception):
    """The machines cannot be played here; the message says why."""


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and all it said."""

    code: int
    text: str


@cache
def compose_call() -> tuple[str, ...] | None:
    """How Docker Compose is called here; None where there is none of version 2 or later."""
    for call in _COMPOSE_CALLS:
        with suppress(OSError):
            done = subprocess.run([*call, "version", "--short"], capture_output=True, text=True, check=False)
            major = done.stdout.strip().removeprefix("v").split(".")[0]
            if done.returncode == 0 and major.isdecimal() and int(major) >= 2:
                return call
    return None


def missing(*, compose: bool = True) -> str | None:
    """What keeps two machines from being played here, and Compose from being run on them; None where nothing does."""
    if os.geteuid() != 0:
        return "two machines need root"
    lacking = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if lacking:
        return f"{', '.join(lacking)} is not installed"
    if compose and compose_call() is None:
        return "Docker Compose is not installed; tools/lab/compose builds it"
    return daemon.missing()


@dataclass(frozen=True)
class Machine:
    """A machine with a daemon of its own; address: on its network."""

    name: str
    home: Path
    address: str

    @property
    def connection(self) -> str:
        """Its daemon."""
        return f"unix://{self.home}/docker.sock"

    @cached_property
    def client(self) -> docker.DockerClient:
        """A client of its daemon."""
        return docker.DockerClient(base_url=self.connection, version="auto", timeout=120)

    @property
    def answers(self) -> bool:
        """Whether its daemon serves requests."""
        try:
            with closing(docker.DockerClient(base_url=self.connection, version="auto", timeout=5)) as client:
                return bool(client.ping())
        except (DockerException, requests.RequestException):
            return False

    def run(self, *command: str) -> str:
        """What a command says that root runs on the machine, outside all containers."""
        first = (self.home / "pid").read_text().strip()
        done = subprocess.run(["nsenter", "-a", "-t", first, *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{self.name}: {' '.join(command)}: {done.stdout}{done.stderr}"
        return done.stdout

    def compose(self, file: Path, *arguments: str, **env: str) -> Outcome:
        """Runs Docker Compose against the daemon."""
        call = compose_call()
        assert call is not None
        done = subprocess.run(
            [*call, "--file", str(file), *arguments],
            env={**os.environ, "DOCKER_HOST": self.connection, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        return Outcome(done.returncode, done.stdout)

    def container(self, name: str) -> Container:
        """A container as it is now."""
        return self.client.containers.get(name)

    def main_pid(self, name: str) -> str:
        """Process id, on the machine, of a container's first process."""
        return str(self.container(name).attrs["State"]["Pid"])

    def processes(self, name: str) -> Mapping[str, str]:
        """The processes a container consists of, by their id on the machine; not what is just executed in it."""
        found: dict[str, str] = {}
        unseen = [self.main_pid(name)]
        while unseen:
            pid = unseen.pop()
            found[pid] = self.run("cat", f"/proc/{pid}/cmdline").replace("\0", " ").strip()
            unseen += self.run("sh", "-c", f"cat /proc/{pid}/task/*/children").split()
        return found

    def status(self, pid: str) -> Mapping[str, str]:
        """What the machine's kernel says of a process."""
        lines = self.run("cat", f"/proc/{pid}/status").splitlines()
        return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}

    def execute(self, name: str, *command: str, user: str = "") -> Outcome:
        """Runs a command in a container."""
        code, output = self.container(name).exec_run(list(command), user=user)
        assert code is not None
        assert isinstance(output, bytes)
        return Outcome(code, output.decode())

    def inside(self, name: str, script: str) -> Any:
        """What a Python script prints as JSON that runs in a container."""
        done = self.execute(name, "python3", "-c", script)
        assert done.code == 0, f"{name}: {done.text}"
        return json.loads(done.text)

    def passes_its_check(self, name: str) -> bool:
        """Whether a container runs and its own health command says that it is well, now."""
        try:
            container = self.container(name)
            _, *command = container.attrs["Config"]["Healthcheck"]["Test"]
            return container.status == "running" and self.execute(name, *command).code == 0
        except (APIError, requests.RequestException):
            return False


@contextmanager
def two_machines(folder: Path) -> Iterator[Mapping[str, Machine]]:
    """Machine name -> a machine whose daemon answers. Nothing of them is left afterwards but their logs in the folder.

    Raises LabError.
    """
    with _machines("two-machines", folder, ADDRESSES) as machines:
        yield machines


@contextmanager
def fresh_machine(folder: Path, programs: Path | None = None) -> Iterator[Machine]:
    """A machine without images, which reaches the networks of this one. programs: the folder of its Docker.

    Raises LabError.
    """
    with _machines("fresh-machine", folder, {"fresh": FRESH_ADDRESS}, programs) as machines:
        yield machines["fresh"]


@contextmanager
def _machines(
    script: str, folder: Path, addresses: Mapping[str, str], programs: Path | None = None
) -> Iterator[Mapping[str, Machine]]:
    log = folder / f"{script}.log"
    path = os.environ["PATH"]
    process = subprocess.Popen(
        [str(_LAB / script), str(folder)],
        env={**os.environ, "PATH": f"{programs}:{path}" if programs else path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log.open("wb"),
        text=True,
    )
    assert process.stdin
    assert process.stdout
    try:
        if process.stdout.readline() != "ready\n":
            raise LabError(log.read_text().strip())
        machines = {name: Machine(name, folder / name, address) for name, address in addresses.items()}
        wait_until(lambda: all(machine.answers for machine in machines.values()), 30, f"each daemon answers ({folder})")
        yield machines
    finally:
        process.stdin.close()
        process.wait(60)


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Returns once something is true; fails when it is not within some seconds."""
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, f"not within {seconds:g} s: {what}"
        time.sleep(0.2)


def save_agent_host(file: Path) -> None:
    """Writes the agent host's image as an archive that a daemon loads."""
    with file.open("wb") as archive:
        for chunk in daemon.client().images.get(daemon.AGENT_HOST).save(named=daemon.AGENT_HOST):
            archive.write(chunk)


def load_agent_host(machine: Machine, archive: Path, names: set[str]) -> None:
    """Puts the agent host's image onto a machine, under all these names."""
    with archive.open("rb") as content:
        machine.client.images.load(content)
    image = machine.client.images.get(daemon.AGENT_HOST)
    for name in names:
        image.tag(name)

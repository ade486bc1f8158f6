"""Fixtures of the engine level: real Pulumi, a file backend in a temporary folder, a real Docker daemon."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from tests import daemon
from tests.engine.workspace import Workspace, a_group
from tests.levels import need

_MACHINE = {
    "name": "trial",
    "title": "The engine's trial machine",
    "class": "laptop",
    "arch": "amd64",
    "connection": daemon.SOCKET,
    "cpus": 2,
    "memory": "4GiB",
    "network": {"name": "trial_internal", "subnet": "10.210.251.0/24"},
}


def own_address() -> str:
    """This machine's address on its network. Skips without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("level engine: this machine has no address besides 127.0.0.1")
        return str(probe.getsockname()[0])


def machine(host: docker.DockerClient) -> dict[str, Any]:
    """The machine of the trial stack: this one."""
    return {**_MACHINE, "docker_api": host.version()["ApiVersion"]}


def missing_engine(*plugins: str) -> str | None:
    """What keeps the engine level from running with some providers; None where nothing does."""
    if shutil.which("pulumi") is None:
        return "pulumi is not on PATH"
    listed = subprocess.run(["pulumi", "plugin", "ls"], capture_output=True, text=True, check=False)
    installed = {line.split()[0] for line in listed.stdout.splitlines() if line.strip()}
    absent = [name for name in plugins if name not in installed]
    return f"the provider plugins {', '.join(absent)} are not installed (pulumi plugin ls)" if absent else None


@pytest.fixture(scope="session")
def engine() -> None:
    """The Pulumi command line with the Docker provider."""
    need("engine-docker", missing_engine("docker"))


@pytest.fixture(scope="session")
def host(engine: None) -> docker.DockerClient:
    """A Docker daemon that has the agent host's image."""
    need("engine-docker", daemon.missing())
    return daemon.client()


@pytest.fixture(scope="module")
def trial(host: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A deployed stack of two groups: `first` with data, `second` after it with a sidecar."""
    workspace = Workspace(tmp_path_factory.mktemp("trial"), "trial")
    first = a_group(mounts={"first-data": {"path": "/data"}})
    workspace.write_group("first", {**first, "volumes": {"first-data": {"kind": "data", "writers": "one"}}})
    second = a_group(agents={"SecondAgent": {}})
    second["containers"]["helper"] = a_group(agents={"HelperAgent": {}})["containers"]["main"]
    workspace.write_group("second", {**second, "start_after": ["first"], "peers": ["first"]})
    workspace.init()
    workspace.write_stack(machine(host), ["first", "second"])
    try:
        outcome = workspace.up()
        assert outcome.code == 0, outcome.text
        yield workspace
    finally:
        workspace.destroy()
        _remove_volume(host, "trial-first-data")


@pytest.fixture
def shipped(tmp_path: Path) -> Workspace:
    """The project's own stacks, undeployed."""
    need("engine-docker", missing_engine("docker"))
    workspace = Workspace(tmp_path, "mainpc")
    workspace.take_shipped_files()
    return workspace


def _remove_volume(host: docker.DockerClient, name: str) -> None:
    for volume in host.volumes.list(filters={"name": name}):
        # The daemon's filter also takes names that merely contain it.
        if volume.name == name:
            volume.remove()

"""A ready image without agents runs as itself in a sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest

from tests import daemon
from tests.engine.conftest import machine
from tests.engine.workspace import Workspace, a_group

pytestmark = pytest.mark.engine

NAME = "ready-image"
IMAGE = f"{NAME}:1"
FETCH = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8000/').status)"


@pytest.fixture
def sandbox(host: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A deployed sandbox of one web server."""
    workspace = Workspace(tmp_path_factory.mktemp(NAME), NAME)
    health = {"command": ["python3", "-c", FETCH], "interval": "5s"}
    command = ["python3", "-m", "http.server", "8000", "--directory", "/app"]
    group = a_group(image={"reference": IMAGE}, command=command, health=health)
    del group["containers"]["main"]["agents"]
    workspace.write_group(NAME, {**group, "optional": True})
    workspace.init()
    network = {"name": "ready_image_internal", "subnet": "10.210.242.0/24"}
    workspace.write_stack({**machine(host), "name": NAME, "network": network}, [NAME], sandbox="true")
    host.images.get(daemon.AGENT_HOST).tag(IMAGE)
    try:
        outcome = workspace.up()
        assert outcome.code == 0, outcome.text
        yield workspace
    finally:
        workspace.destroy()
        host.images.remove(IMAGE)


def test_its_own_page_answers(sandbox: Workspace, host: docker.DockerClient) -> None:
    container = host.containers.get(f"{NAME}-{NAME}")
    assert container.attrs["Config"]["Image"] == IMAGE
    answer = container.exec_run(
        ["python3", "-c", f"{FETCH}; print(r.urlopen('http://127.0.0.1:8000/').headers['Server'])"]
    )
    assert answer.output.decode().split()[0] == "200", answer.output
    assert "SimpleHTTP" in answer.output.decode()
    assert container.attrs["HostConfig"]["Memory"] == 128 * 1024**2

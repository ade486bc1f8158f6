"""A ready image without agents runs as itself in a sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import docker
import pytest

from tests import daemon
from tests.engine.conftest import machine
from tests.engine.workspace import Workspace, a_group
from tests.unit.builders import LATER

pytestmark = pytest.mark.engine

NAME = "ready-image"
WRITER = "ready-writer"
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
    writes = (
        "open('/store/storage/x', 'w').close(); import http.server as h; h.test(h.SimpleHTTPRequestHandler, port=8000)"
    )
    writer = a_group(image={"reference": IMAGE}, health=health, command=["python3", "-c", writes])
    del writer["containers"]["main"]["agents"]
    writer["containers"]["main"]["mounts"] = {"ready-store": {"path": "/store/storage"}}
    volumes = {"ready-store": {"kind": "scratch"}}
    workspace.write_group(WRITER, {**writer, "optional": True, "volumes": volumes})
    workspace.init()
    network = {"name": "ready_image_internal", "subnet": "10.210.242.0/24"}
    workspace.write_stack({**machine(host), "name": NAME, "network": network}, [NAME, WRITER], sandbox="true")
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


def test_a_new_volume_belongs_to_the_user_of_its_container(sandbox: Workspace, host: docker.DockerClient) -> None:
    container = host.containers.get(f"{NAME}-{WRITER}")
    found = container.exec_run(["stat", "-c", "%u:%g %n", "/store/storage", "/store/storage/x"])
    assert found.output.decode().splitlines() == ["10001:10001 /store/storage", "10001:10001 /store/storage/x"]
    assert container.attrs["RestartCount"] == 0


_SERVE = ["python3", "-m", "http.server", "8000", "--directory", "/app"]
CHANGES: dict[str, tuple[dict[str, Any], Callable[[dict[str, Any]], Any], Any]] = {
    "entry point": ({"entrypoint": _SERVE[:2], "command": _SERVE[2:]}, lambda a: a["Config"]["Entrypoint"], _SERVE[:2]),
    "the image's own entry point": ({"entrypoint": None, "command": _SERVE}, lambda a: a["Config"]["Entrypoint"], None),
    "working folder": ({"working_dir": "/data"}, lambda a: a["Config"]["WorkingDir"], "/data"),
    "the image's own working folder": ({"working_dir": None}, lambda a: a["Config"]["WorkingDir"], "/app"),
    "no init": ({"init": False}, lambda a: a["HostConfig"]["Init"], False),
    "terminal": ({"tty": True}, lambda a: a["Config"]["Tty"], True),
    "labels": ({"labels": {"traefik.enable": "true"}}, lambda a: a["Config"]["Labels"].get("traefik.enable"), "true"),
    "time zone": ({"timezone": "Asia/Tokyo"}, lambda a: "TZ=Asia/Tokyo" in a["Config"]["Env"], True),
    "dots": ({"env": {"discovery.type": "one"}}, lambda a: "discovery.type=one" in a["Config"]["Env"], True),
    "left to the image": (
        {"hardening": {"as_image": {"reason": "the image starts as root", "until": LATER}}},
        lambda a: (a["Config"]["User"], a["HostConfig"]["CapDrop"], a["HostConfig"]["ReadonlyRootfs"]),
        ("10001:10001", None, False),
    ),
    "hardened again": (
        {"hardening": {"run_as": "10002:10002"}},
        lambda a: (a["Config"]["User"], a["HostConfig"]["CapDrop"], a["HostConfig"]["ReadonlyRootfs"]),
        ("10002:10002", ["ALL"], True),
    ),
}
"""Change of the container -> where it shows on the daemon, and as what; each builds on those before it."""


def test_each_way_to_start_reaches_the_container_and_then_nothing_is_left_to_change(
    sandbox: Workspace, host: docker.DockerClient
) -> None:
    wrong = []
    for what, (change, read, expected) in CHANGES.items():
        sandbox.edit_group(NAME, lambda group, change=change: _change(group["containers"]["main"], change))
        outcome = sandbox.up()
        found = read(host.containers.get(f"{NAME}-{NAME}").attrs) if outcome.code == 0 else outcome.text
        second = sandbox.preview("--expect-no-changes", "--refresh")
        if found != expected or second.code != 0:
            wrong.append((what, found, second.text))
    assert wrong == []


def _change(main: dict[str, Any], change: dict[str, Any]) -> None:
    for key, value in change.items():
        if value is None:
            del main[key]
        else:
            main[key] = value

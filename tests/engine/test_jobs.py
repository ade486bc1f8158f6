"""What runs to its end on a real daemon: others wait for exit code 0, and it is done on every later update."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from tests import daemon
from tests.engine.conftest import machine
from tests.engine.workspace import Workspace, a_group

pytestmark = pytest.mark.engine

NAME = "jobs-trial"
IMAGE = f"{NAME}:1"
CONTAINERS = ("migrate", "web", "web-seed")
WORKS = "import time; time.sleep(3); print('tables are up to date')"
SERVES = (
    "import pathlib, http.server as h; assert pathlib.Path('/data/seed').exists(); h.test(h.BaseHTTPRequestHandler)"
)
ASK = "import socket; socket.create_connection(('127.0.0.1', 8000)).close()"


def _group(program: str, **keys: Any) -> dict[str, Any]:
    group = a_group(image={"reference": IMAGE}, command=["python3", "-c", program], **keys)
    del group["containers"]["main"]["agents"]
    return group


def _job(program: str, **keys: Any) -> dict[str, Any]:
    group = _group(program, run="once", time_limit="60s", **keys)
    del group["containers"]["main"]["health"]
    return group


@pytest.fixture(scope="module")
def jobs(host: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A job, and a page after it, with a container that fills its volume first."""
    workspace = Workspace(tmp_path_factory.mktemp(NAME), NAME)
    workspace.write_group("migrate", _job(WORKS))
    mounts = {"mounts": {"pages": {"path": "/data"}}}
    web = _group(SERVES, **mounts, health={"command": ["python3", "-c", ASK], "interval": "5s"})
    seed = "import time, pathlib; time.sleep(2); pathlib.Path('/data/seed').touch()"
    web["containers"]["seed"] = _job(seed, **mounts)["containers"]["main"]
    workspace.write_group("web", {**web, "volumes": {"pages": {"kind": "scratch"}}, "start_after": ["migrate"]})
    workspace.init()
    network = {"name": "jobs_trial_internal", "subnet": "10.210.244.0/24"}
    workspace.write_stack({**machine(host), "name": NAME, "network": network}, ["migrate", "web"])
    host.images.get(daemon.AGENT_HOST).tag(IMAGE)
    try:
        outcome = workspace.up()
        assert outcome.code == 0, outcome.text
        yield workspace
    finally:
        workspace.destroy()
        host.images.remove(IMAGE)


def _state(host: docker.DockerClient, name: str) -> dict[str, Any]:
    state: dict[str, Any] = host.containers.get(name).attrs["State"]
    return state


def test_each_waits_for_the_end_of_what_runs_before_it(jobs: Workspace, host: docker.DockerClient) -> None:
    states = {name: _state(host, name) for name in CONTAINERS}
    assert {name: (s["Status"], s["ExitCode"]) for name, s in states.items()} == {
        "migrate": ("exited", 0),
        "web": ("running", 0),
        "web-seed": ("exited", 0),
    }
    assert states["migrate"]["FinishedAt"] < states["web-seed"]["StartedAt"]
    assert states["web-seed"]["FinishedAt"] < states["web"]["StartedAt"]


def test_what_has_ended_is_done_on_every_update(jobs: Workspace, host: docker.DockerClient) -> None:
    started = _state(host, "migrate")["StartedAt"]
    assert jobs.preview("--expect-no-changes").code == 0
    assert jobs.preview("--expect-no-changes", "--refresh").code == 0
    assert jobs.up("--refresh").code == 0
    assert _state(host, "migrate")["StartedAt"] == started


def test_verify_knows_that_it_is_done(jobs: Workspace) -> None:
    command = [str(Path(sys.executable).parent / "fleet"), "verify", NAME, "--json"]
    done = subprocess.run(command, cwd=jobs.folder, capture_output=True, text=True, check=False)
    checks = {(c["subject"], c["check"]): c for c in json.loads(done.stdout)["checks"]}
    assert done.returncode == 0, done.stdout
    for name in ("migrate", "web-seed"):
        assert checks[name, "runs"]["figure"].endswith("ago: exit code 0")
        assert (name, "health") not in checks


def test_one_that_fails_fails_the_update_until_it_is_mended(jobs: Workspace, host: docker.DockerClient) -> None:
    jobs.write_group("migrate", _job("raise SystemExit('no such table')"))
    for again in (False, True):
        outcome = jobs.up()
        assert outcome.code != 0
        assert "container migrate: failed (exit code 1)" in outcome.text
        assert ("`docker start migrate` runs it again" in outcome.text) is again
        assert "no such table" in outcome.text
    jobs.write_group("migrate", _job(WORKS))
    outcome = jobs.up()
    assert outcome.code == 0, outcome.text
    assert _state(host, "migrate")["ExitCode"] == 0

"""What runs to its end, in the exported Compose file: others wait for exit code 0."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
import yaml

from cli.view.compose_text import start_commands
from fleet.load.project import load_project
from fleet.plan.planner import plan_stack
from tests import daemon
from tests.docker.lab import compose_call
from tests.levels import need

pytestmark = pytest.mark.docker

STACK = "jobtrial"
IMAGE = "fleet.local/job-trial:0.1.0"
NAMES = ("job-tables", "job-page", "job-page-seed", "job-report")
SERVES = (
    "import pathlib, http.server as h; assert pathlib.Path('/data/seed').exists(); h.test(h.BaseHTTPRequestHandler)"
)
ASK = "import socket; socket.create_connection(('127.0.0.1', 8000)).close()"
MACHINE = {
    "name": STACK,
    "title": "Trial of jobs",
    "class": "laptop",
    "arch": "amd64",
    "connection": daemon.SOCKET,
    "cpus": 1,
    "memory": "1GiB",
    "memory_reserve": "512MiB",
    "network": {"name": f"{STACK}_internal", "subnet": "10.210.245.0/24"},
}


def _container(program: str, **keys: Any) -> dict[str, Any]:
    return {
        "image": {"reference": IMAGE},
        "command": ["python3", "-c", program],
        "memory": {"request": "64MiB", "limit": "128MiB"},
        "cpu": {"request": "100m", "limit": "500m"},
        "stop_grace": "2s",
        **keys,
    }


def _write(folder: Path) -> None:
    mounts = {"mounts": {"pages": {"path": "/data"}}}
    health = {"command": ["python3", "-c", ASK], "interval": "2s"}
    groups = {
        "job-tables": {"containers": {"main": _container("import time; time.sleep(3)", run="once")}},
        "job-page": {
            "start_after": ["job-tables"],
            "volumes": {"pages": {"kind": "scratch"}},
            "containers": {
                "main": _container(SERVES, health=health, **mounts),
                "seed": _container("import pathlib; pathlib.Path('/data/seed').touch()", run="once", **mounts),
            },
        },
        "job-report": {
            "start_after": ["job-page"],
            "containers": {"main": _container("print('all pages answer')", run="once")},
        },
    }
    (folder / "groups" / "trial").mkdir(parents=True)
    shutil.copy(daemon.ROOT / "Pulumi.yaml", folder)
    for name, group in groups.items():
        (folder / "groups" / "trial" / f"{name}.yaml").write_text(yaml.safe_dump(group))
    config = {"pulumi:disable-default-providers": ["*"], "fleet:machine": MACHINE, "fleet:groups": list(groups)}
    (folder / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump({"config": config}))


@pytest.fixture
def started(tmp_path: Path) -> Iterator[docker.DockerClient]:
    """The stack, started by the commands that the export prints."""
    need("docker", daemon.missing())
    call = compose_call()
    need("docker", None if call else "Docker Compose is not installed; tools/lab/compose builds it")
    client = daemon.client()
    client.images.get(daemon.AGENT_HOST).tag(*IMAGE.rsplit(":", 1))
    _write(tmp_path)
    command = [str(Path(sys.executable).parent / "fleet"), "export", "compose", STACK, "-o", "."]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)

    def compose(*arguments: str) -> None:
        done = subprocess.run(
            [*(call or ()), "--file", str(tmp_path / "compose.yaml"), *arguments],
            env={**os.environ, "DOCKER_HOST": daemon.SOCKET},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    try:
        for line in start_commands(plan_stack(load_project(tmp_path).fleet, STACK)):
            compose(*line.partition(" compose ")[2].split())
        client.containers.get("job-report").wait(timeout=30)
        yield client
    finally:
        compose("down", "--volumes", "--timeout", "2")
        client.images.remove(IMAGE, noprune=True)


def test_each_waits_for_the_end_of_what_it_needs(started: docker.DockerClient) -> None:
    states = {name: started.containers.get(name).attrs["State"] for name in NAMES}
    assert {name: (state["Status"], state["ExitCode"]) for name, state in states.items()} == {
        "job-tables": ("exited", 0),
        "job-page": ("running", 0),
        "job-page-seed": ("exited", 0),
        "job-report": ("exited", 0),
    }
    for earlier, later in (("job-tables", "job-page-seed"), ("job-page-seed", "job-page")):
        assert states[earlier]["FinishedAt"] < states[later]["StartedAt"]
    assert states["job-page"]["StartedAt"] < states["job-report"]["StartedAt"]

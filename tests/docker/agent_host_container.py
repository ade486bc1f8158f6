"""Containers of the agent host's image, hardened as the fleet's own are."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from docker.errors import ImageNotFound
from docker.models.containers import Container

from tests.daemon import BASE_VARIABLE, ROOT, client, missing

BASE = os.environ.get(BASE_VARIABLE) or "fleet-test-base:bookworm"
IMAGE = "fleet.local/agent-host-under-test:latest"


def missing_for_build() -> str | None:
    """What keeps the image from being built here; None where nothing does."""
    problem = missing()
    if problem:
        return problem
    try:
        client().images.get(BASE)
    except ImageNotFound:
        return f"the base image {BASE} is not here; set {BASE_VARIABLE} to one that is"
    return None


def build_image() -> None:
    """Builds the image under test with the classic builder; layers of an earlier build are used again."""
    command = [
        "docker",
        "build",
        "--quiet",
        "--build-arg",
        f"BASE={BASE}",
        "--tag",
        IMAGE,
        str(ROOT / "images/agent-host"),
    ]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "DOCKER_BUILDKIT": "0"})


@contextlib.contextmanager
def running(agents: dict[str, Any], user: str = "10001:10001", **more: Any) -> Iterator[Container]:
    """A started container; removed at the end. `more` goes to the Docker SDK."""
    environment = {
        "FLEET_GROUP": "demo",
        "MACHINE_TYPE": "pc2",
        "FLEET_AGENTS": json.dumps(agents),
        "FLEET_STOP_GRACE_S": "10",
        **more.pop("environment", {}),
    }
    container = client().containers.run(
        IMAGE,
        detach=True,
        environment=environment,
        user=user,
        init=True,
        read_only=True,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges:true"],
        tmpfs={"/tmp": "rw,nosuid,nodev,noexec,mode=1777"},
        healthcheck={"test": ["CMD", "python3", "-m", "agent_host.health"], "interval": 10**9, "timeout": 5 * 10**9},
        **more,
    )
    try:
        yield container
    finally:
        container.remove(force=True, v=True)


def wait_for(condition: Callable[[], object], timeout_s: float = 30.0) -> None:
    """Waits until something holds. Raises TimeoutError where it does not in time."""
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline_s:
            msg = f"not within {timeout_s:g} s"
            raise TimeoutError(msg)
        time.sleep(0.05)


def health_of(container: Container) -> str:
    """Docker's verdict: starting, healthy or unhealthy."""
    container.reload()
    return str(container.attrs["State"]["Health"]["Status"])


def log_of(container: Container) -> list[dict[str, Any]]:
    """Every log line, parsed."""
    return [json.loads(line) for line in container.logs().decode().splitlines()]


def started_at(container: Container) -> datetime:
    """When Docker started the container's process."""
    container.reload()
    # Docker gives nanoseconds, which a datetime has no room for.
    text = container.attrs["State"]["StartedAt"]
    return datetime.fromisoformat(text[:26].rstrip("Z") + "+00:00")


def run_inside(container: Container, code: str) -> str:
    """Output of Python code run in the container. Raises RuntimeError where it fails."""
    exit_code, output = container.exec_run(["python3", "-c", code])
    text = output.decode() if isinstance(output, bytes) else ""
    if exit_code:
        raise RuntimeError(text)
    return text.strip()


def answer_of(container: Container, path: str) -> Any:
    """JSON of a GET on the container's own front door."""
    get = f"import urllib.request as r; print(r.urlopen('http://127.0.0.1:8000{path}').read().decode())"
    return json.loads(run_inside(container, get))

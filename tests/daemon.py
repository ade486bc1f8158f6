"""The Docker daemon that tests use, and the image their containers run."""

from __future__ import annotations

import os
from fcntl import LOCK_EX, flock
from functools import cache
from pathlib import Path
from tempfile import gettempdir

import docker
from docker.errors import BuildError, DockerException, ImageNotFound

SOCKET = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
AGENT_HOST = "fleet.local/agent-host:0.1.0"
BASE_VARIABLE = "FLEET_BASE_IMAGE"
"""Image that test images are built on, where the one the Dockerfile names cannot be pulled."""

ROOT = Path(__file__).parent.parent


def client() -> docker.DockerClient:
    """A client of the daemon."""
    return docker.DockerClient(base_url=SOCKET, version="auto")


@cache
def missing() -> str | None:
    """What keeps tests from running containers here; None where nothing does."""
    try:
        daemon = client()
        daemon.ping()
    except DockerException as error:
        return f"no Docker daemon answers at {SOCKET} ({type(error).__name__})"
    # Several processes of a test run may ask at once; one builds.
    with (Path(gettempdir()) / "fleet-tests-image.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        return _missing_image(daemon)


def _missing_image(daemon: docker.DockerClient) -> str | None:
    try:
        daemon.images.get(AGENT_HOST)
    except ImageNotFound:
        base = os.environ.get(BASE_VARIABLE)
        try:
            arguments = {"BASE": base} if base else {}
            daemon.images.build(path=str(ROOT / "images/agent-host"), tag=AGENT_HOST, buildargs=arguments, rm=True)
        except (BuildError, DockerException) as error:
            return f"the image {AGENT_HOST} cannot be built ({error}); set {BASE_VARIABLE} to a base that is there"
    return None

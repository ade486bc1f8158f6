"""Containers that end while their health check starts: the end is reported, never an error of the daemon."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest
from docker.types import Healthcheck

from components.docker.watch import UnhealthyContainerError, Watch
from tests import daemon
from tests.levels import need

pytestmark = pytest.mark.docker

_CHECK = Healthcheck(test=["CMD", "python3", "-m", "agent_host.health"], interval=60_000_000_000)
LIVES_MS = range(0, 400, 20)
"""Around the time that an exec takes to start."""


@pytest.fixture
def client() -> Iterator[docker.DockerClient]:
    need("docker", daemon.missing())
    found = daemon.client()
    yield found
    found.close()


@pytest.mark.parametrize("restart", ["no", "always"])
def test_the_exit_code_is_that_of_the_end_however_short_the_life(client: docker.DockerClient, restart: str) -> None:
    for life in LIVES_MS:
        container = client.containers.run(
            daemon.AGENT_HOST,
            ["python3", "-c", f"import time; time.sleep({life / 1000}); raise SystemExit(7)"],
            name=f"short-life-{restart}-{life}",
            restart_policy={"Name": restart},
            healthcheck=_CHECK,
            detach=True,
        )
        try:
            with pytest.raises(UnhealthyContainerError) as caught:
                Watch(client, container.id, "short", 20).until_healthy()
        finally:
            container.remove(force=True)
        assert str(caught.value).startswith("container short: stopped by itself (exit code 7); "), f"{life} ms"

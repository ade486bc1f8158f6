"""A client of a machine's daemon, over its own connection; imports the Docker SDK."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import docker

from components.docker.ssh import relay


@contextlib.contextmanager
def daemon_client(connection: str) -> Iterator[docker.DockerClient]:
    """A client of the daemon at `unix://`, `tcp://` or `ssh://`, until the block ends.

    Raises docker.errors.DockerException where none answers.
    """
    with contextlib.ExitStack() as open_things:
        url = open_things.enter_context(relay(connection)).url if connection.startswith("ssh://") else connection
        client = docker.DockerClient(base_url=url, version="auto")
        open_things.callback(client.close)
        yield client

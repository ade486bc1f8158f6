"""A client of a machine's Docker daemon; imports the Docker SDK."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import docker
from docker.transport import UnixHTTPAdapter

from components.docker.ssh import relay


@contextlib.contextmanager
def daemon_client(connection: str) -> Iterator[docker.DockerClient]:
    """A client of the daemon at `unix://`, `tcp://` or `ssh://`, until the block ends.

    Raises docker.errors.DockerException if none answers.
    """
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(relay(connection)).url if connection.startswith("ssh://") else connection
        client = docker.DockerClient(base_url=url, version="auto")
        stack.callback(client.close)
        keep_one_connection(client)
        yield client


def keep_one_connection(client: docker.DockerClient) -> None:
    """Makes every request reuse the connection of the version request.

    The SDK keeps one connection per URL. Over ssh, each is a process here and a session there: it takes 0.2 s, and
    sshd limits their number.
    """
    adapter = client.api.get_adapter(client.api.base_url)
    if isinstance(adapter, UnixHTTPAdapter):
        connections = adapter.get_connection(f"{client.api.base_url}/version")
        adapter.get_connection = lambda url, proxies=None: connections  # type: ignore[method-assign]

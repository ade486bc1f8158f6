"""A client of a machine's daemon, over its own connection; imports the Docker SDK."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import docker
from docker.transport import UnixHTTPAdapter

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
        keep_one_connection(client)
        yield client


def keep_one_connection(client: docker.DockerClient) -> None:
    """Lets every request take the connection on which the client has asked for the version.

    The SDK keeps connections by address and makes a new one for each. Over ssh that is a process here, a session and a
    process there: a fifth of a second, and soon more of them than sshd allows.
    """
    adapter = client.api.get_adapter(client.api.base_url)
    if isinstance(adapter, UnixHTTPAdapter):
        connections = adapter.get_connection(f"{client.api.base_url}/version")
        adapter.get_connection = lambda url, proxies=None: connections  # type: ignore[method-assign]

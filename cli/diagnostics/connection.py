"""The way to a stack's daemon; imports the Docker SDK."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

import docker
import requests
from docker.errors import APIError, DockerException

from cli.diagnostics.fix_commands import Mends
from cli.terminal import UserError
from components.docker.daemon import keep_one_connection
from components.docker.ssh import Relay, relay
from fleet.plan.deployment import Deployment

_TIMEOUT_S = 60
"""For one answer: counting what images and volumes take can be slow on a full disk."""


class UnreachableError(UserError):
    """No daemon answers, or it stopped answering; the message says why and what to do."""


@contextlib.contextmanager
def connected(deployment: Deployment) -> Iterator[docker.DockerClient]:
    """A client of the daemon a deployment is for, until the block ends.

    Raises UnreachableError where there is none, and where it stops answering inside the block.
    """
    connection = deployment.machine.connection
    with _door(deployment) as door:
        client = None
        try:
            client = docker.DockerClient(
                base_url=door.url if isinstance(door, Relay) else door,
                version="auto",
                timeout=_TIMEOUT_S,
            )
            keep_one_connection(client)
            yield client
        except (DockerException, requests.RequestException, OSError) as error:
            said = door.complaint() if isinstance(door, Relay) and not isinstance(error, APIError) else ""
            msg = f"{connection}: {_problem(client, error)} ({said or _reason(error)}); {_way_out(deployment, error)}"
            raise UnreachableError(msg) from error
        finally:
            if client is not None:
                client.close()


@contextlib.contextmanager
def _door(deployment: Deployment) -> Iterator[Relay | str]:
    connection = deployment.machine.connection
    if not connection.startswith("ssh://"):
        yield connection
        return
    if shutil.which("ssh") is None:
        msg = f"{connection}: the ssh command is not on PATH; install an OpenSSH client"
        raise UnreachableError(msg)
    with relay(connection) as door:
        yield door


def _problem(client: docker.DockerClient | None, error: BaseException) -> str:
    if client is None:
        return "no Docker daemon answers"
    return "the Docker daemon refused" if isinstance(error, APIError) else "the Docker daemon stopped answering"


def _reason(error: BaseException) -> str:
    """What the operating system said, below all that wraps it; else the text of the error itself."""
    seen: list[object] = [error]
    for one in seen:
        if isinstance(one, OSError) and one.strerror:
            return one.strerror.lower()
        if isinstance(one, BaseException):
            seen += [inner for inner in (*one.args, one.__cause__, one.__context__) if inner not in seen]
        elif isinstance(one, tuple):
            seen += [inner for inner in one if inner not in seen]
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__


def _way_out(deployment: Deployment, error: BaseException) -> str:
    connection = deployment.machine.connection
    correct = f"correct machine.connection in Pulumi.{deployment.stack}.yaml"
    if connection.startswith("ssh://"):
        return f"try `{Mends.of(deployment).on_machine('docker version')}`, or {correct}"
    if connection.startswith("tcp://"):
        return f"see whether its daemon listens there, or {correct}"
    if "denied" in _reason(error):
        return "add yourself to the group docker: `sudo usermod -aG docker $USER`, then log in again"
    return f"start it with `sudo systemctl start docker`, or {correct}"

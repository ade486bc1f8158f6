"""Connects to a stack's daemon; imports the Docker SDK."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

import docker
import requests
from docker.errors import APIError, DockerException

from cli.diagnostics.fix_commands import Fixes
from cli.terminal import UserError
from components.docker.daemon import keep_one_connection
from components.docker.ssh import Relay, relay
from fleet.plan.deployment import Deployment

_TIMEOUT_S = 60
"""Per answer: summing up images and volumes can be slow on a full disk."""


class UnreachableError(UserError):
    """No daemon answers, or it stopped answering; the message gives the reason and a fix."""


@contextlib.contextmanager
def connected(deployment: Deployment) -> Iterator[docker.DockerClient]:
    """A client of the deployment's daemon. Raises UnreachableError if none answers, or one stops inside the block."""
    connection = deployment.machine.connection
    client = None
    with _endpoint(connection) as endpoint:
        try:
            url = endpoint.url if isinstance(endpoint, Relay) else endpoint
            client = docker.DockerClient(base_url=url, version="auto", timeout=_TIMEOUT_S)
            keep_one_connection(client)
            yield client
        except (DockerException, requests.RequestException, OSError) as error:
            problem = "no Docker daemon answers" if client is None else "the Docker daemon stopped answering"
            reason = _reason(error)
            fix = _fix(deployment, reason)
            if isinstance(error, APIError):
                problem = "the Docker daemon refused" if client else problem
            elif isinstance(endpoint, Relay):
                reason = endpoint.complaint() or reason
            msg = f"{connection}: {problem} ({reason}); {fix}"
            raise UnreachableError(msg) from error
        finally:
            if client is not None:
                client.close()


@contextlib.contextmanager
def _endpoint(connection: str) -> Iterator[Relay | str]:
    if not connection.startswith("ssh://"):
        yield connection
        return
    if shutil.which("ssh") is None:
        msg = f"{connection}: the ssh command is not on PATH; install an OpenSSH client"
        raise UnreachableError(msg)
    with relay(connection) as endpoint:
        yield endpoint


def _reason(error: BaseException) -> str:
    """The operating system's message, if any error wrapped inside has one; else the first line of the error's text."""
    seen: list[object] = [error]
    for one in seen:
        if isinstance(one, OSError) and one.strerror:
            return one.strerror.lower()
        inner = (*one.args, one.__cause__, one.__context__) if isinstance(one, BaseException) else one
        if isinstance(inner, tuple):
            seen += [item for item in inner if item not in seen]
    return next(iter(str(error).splitlines()), type(error).__name__)


def _fix(deployment: Deployment, reason: str) -> str:
    fixes, connection = Fixes(deployment), deployment.machine.connection
    correct = f"correct machine.connection in {fixes.stack_file}"
    if connection.startswith("ssh://"):
        return f"try `{fixes.on_machine('docker version')}`, or {correct}"
    if connection.startswith("tcp://"):
        return f"check that its daemon listens there, or {correct}"
    if "denied" in reason:
        return "add yourself to the group docker: `sudo usermod -aG docker $USER`, then log in again"
    return f"start it with `sudo systemctl start docker`, or {correct}"

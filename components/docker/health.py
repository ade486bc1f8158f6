"""Waits until a container just created is healthy; imports the Docker SDK only once there is one to watch.

The provider's own `wait` polls once a second and notices an exited container only at its timeout; this looks several
times a second, and says at once which container failed, why, and what it last printed. It runs the container's own
health command itself: the daemon first does so a whole interval (30 s) after the start.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pulumi

_POLL_S = 0.1
_LOG_LINES = 15
_EXITED = ("exited", "dead")


class UnhealthyContainerError(Exception):
    """A container that was started did not become healthy; the message says which, why, and its last log lines."""


def health_hook(name: str, connection: str, deadlines_s: dict[str, int]) -> pulumi.ResourceHook:
    """A hook for `after_create` of containers on one daemon.

    deadlines_s: container name -> seconds after which it counts as failed.
    """

    async def wait_for_health(args: pulumi.ResourceHookArgs) -> None:
        container = str((args.new_inputs or {}).get("name", args.name))
        # In a thread of its own: the program's event loop serves the other containers' hooks meanwhile.
        await asyncio.to_thread(wait_until_healthy, connection, args.id, container, deadlines_s[container])

    return pulumi.ResourceHook(f"{name}-healthy", wait_for_health)


def wait_until_healthy(connection: str, container_id: str, name: str, deadline_s: float) -> None:
    """Returns once the container is healthy.

    Raises UnhealthyContainerError as soon as it has exited or keeps restarting, or when its deadline is over.
    """
    import docker

    client = docker.DockerClient(base_url=connection, version="auto", use_ssh_client=connection.startswith("ssh://"))
    try:
        container = client.containers.get(container_id)
        give_up = time.monotonic() + deadline_s
        while not _is_healthy(container, name, time.monotonic() > give_up, deadline_s):
            time.sleep(_POLL_S)
            container.reload()
    finally:
        client.close()


def _is_healthy(container: Any, name: str, late: bool, deadline_s: float) -> bool:
    state = container.attrs["State"]
    health = state.get("Health") or {}
    if health.get("Status") == "healthy":
        return True
    if state["Status"] in _EXITED or container.attrs.get("RestartCount", 0) > 0:
        code = state.get("ExitCode")
        reason = "out of memory" if state.get("OOMKilled") else state.get("Error") or f"exit code {code}"
        raise _failure(container, name, f"stopped by itself ({reason})")
    if state["Status"] == "running" and _passes_its_own_check(container):
        return True
    if late or health.get("Status") == "unhealthy":
        probes = health.get("Log") or []
        last = probes[-1]["Output"].strip() if probes else "no check has answered"
        raise _failure(container, name, f"not healthy after {deadline_s:g} s (last check: {last or 'no output'})")
    return False


def _passes_its_own_check(container: Any) -> bool:
    kind, *command = container.attrs["Config"]["Healthcheck"]["Test"]
    if kind != "CMD":
        return False
    try:
        return int(container.exec_run(command).exit_code) == 0
    except _api_error():
        # It stopped between the look and the check; the next look tells.
        return False


def _api_error() -> type[Exception]:
    from docker.errors import APIError

    return APIError


def _failure(container: Any, name: str, problem: str) -> UnhealthyContainerError:
    logs = container.logs(tail=_LOG_LINES).decode(errors="replace").rstrip()
    shown = "\n".join(f"    {line}" for line in logs.splitlines()) or "    (it printed nothing)"
    return UnhealthyContainerError(f"container {name}: {problem}; its last lines:\n{shown}")

"""Waits until a new container is healthy; imports the Docker SDK only when there is one.

The provider's `wait` polls once a second and notices an exited container only at its timeout. This polls several times
a second, and reports at once which container failed, why, and its last log lines. It runs the health command itself,
since the daemon first does so a whole interval after the start.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import pulumi

_POLL_S = 0.1
_LOG_LINES = 15
_EXITED = ("exited", "dead")
_NOT_RUNNING = 409
"""HTTP status of an exec in a stopped container."""


class UnhealthyContainerError(Exception):
    """A started container did not become healthy; the message has its name, the reason and its last log lines."""


def health_hook(name: str, connection: str, deadlines_s: Mapping[str, int]) -> pulumi.ResourceHook:
    """A hook for `after_create` of containers on one daemon.

    deadlines_s: container name -> seconds until it has failed.
    """

    async def wait_for_health(args: pulumi.ResourceHookArgs) -> None:
        container = str((args.new_inputs or {}).get("name", args.name))
        # In a thread, since the event loop serves the other containers' hooks.
        try:
            await asyncio.to_thread(wait_until_healthy, connection, args.id, container, deadlines_s[container])
        except UnhealthyContainerError as error:
            # The engine shows an error's first line at once, the others only at the end of the update. Ephemeral, so
            # that it does not repeat them then.
            for line in str(error).splitlines():
                pulumi.log.info(line, ephemeral=True)
            raise

    return pulumi.ResourceHook(f"{name}-healthy", wait_for_health)


def wait_until_healthy(connection: str, container_id: str, name: str, deadline_s: float) -> None:
    """Returns once the container is healthy.

    Raises UnhealthyContainerError once it exits or restarts, or at its deadline.
    """
    from components.docker.daemon import daemon_client  # heavy, and needed in an update only

    with daemon_client(connection) as client:
        _Watch(client.containers.get(container_id), name, deadline_s).until_healthy()


class _Watch:
    """Polls one container, running its health command again whenever it has ended."""

    def __init__(self, container: Any, name: str, deadline_s: float) -> None:
        self._container = container
        self._api = container.client.api
        self._name = name
        self._deadline_s = deadline_s
        self._check: str | None = None

    def until_healthy(self) -> None:
        from docker.errors import NotFound

        deadline = time.monotonic() + self._deadline_s
        while not self._is_healthy(late=time.monotonic() > deadline):
            time.sleep(_POLL_S)
            try:
                self._container.reload()
            except NotFound:
                msg = f"container {self._name}: was removed while it started"
                raise UnhealthyContainerError(msg) from None

    def _is_healthy(self, *, late: bool) -> bool:
        state = self._container.attrs["State"]
        health = state.get("Health") or {}
        if health.get("Status") == "healthy":
            return True
        if state["Status"] in _EXITED or self._container.attrs.get("RestartCount", 0) > 0:
            reason = (
                "out of memory" if state.get("OOMKilled") else state.get("Error") or f"exit code {state['ExitCode']}"
            )
            msg = f"stopped by itself ({reason})"
            raise self._failure(msg)
        if state["Status"] == "running" and self._passes_health_command():
            return True
        if late or health.get("Status") == "unhealthy":
            probes = health.get("Log") or []
            last = probes[-1]["Output"].strip() if probes else "no check has answered"
            msg = f"not healthy after {self._deadline_s:g} s (last check: {last or 'no output'})"
            raise self._failure(msg)
        return False

    def _passes_health_command(self) -> bool:
        """Whether the last run of the health command succeeded; starts one if none is running.

        Detached and polled, since an attached run sometimes breaks over ssh.
        """
        from docker.errors import APIError

        try:
            if self._check is None:
                kind, *command = self._container.attrs["Config"]["Healthcheck"]["Test"]
                if kind != "CMD":
                    return False
                self._check = self._api.exec_create(self._container.id, command)["Id"]
                self._api.exec_start(self._check, detach=True)
            result = self._api.exec_inspect(self._check)
        except APIError as error:
            if error.status_code != _NOT_RUNNING:
                raise
            self._check = None
            return False
        if result["Running"] or result["ExitCode"] is None:
            return False
        self._check = None
        return int(result["ExitCode"]) == 0

    def _failure(self, problem: str) -> UnhealthyContainerError:
        logs = self._container.logs(tail=_LOG_LINES).decode(errors="replace").rstrip()
        shown = "\n".join(f"    {line}" for line in logs.splitlines()) or "    (it printed nothing)"
        return UnhealthyContainerError(f"container {self._name}: {problem}; its last lines:\n{shown}")

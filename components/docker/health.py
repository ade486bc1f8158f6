"""Waits until a container just created is healthy; imports the Docker SDK only once there is one to watch.

The provider's own `wait` polls once a second and notices an exited container only at its timeout; this looks several
times a second, and says at once which container failed, why, and what it last printed. It runs the container's own
health command itself: the daemon first does so a whole interval after the start.
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
_STOPPED_MEANWHILE = 409
"""Status of a command that is to run in a container which no longer does."""


class UnhealthyContainerError(Exception):
    """A container that was started did not become healthy; the message says which, why, and its last log lines."""


def health_hook(name: str, connection: str, deadlines_s: Mapping[str, int]) -> pulumi.ResourceHook:
    """A hook for `after_create` of containers on one daemon.

    deadlines_s: container name -> seconds after which it counts as failed.
    """

    async def wait_for_health(args: pulumi.ResourceHookArgs) -> None:
        container = str((args.new_inputs or {}).get("name", args.name))
        # In a thread of its own: the program's event loop serves the other containers' hooks meanwhile.
        try:
            await asyncio.to_thread(wait_until_healthy, connection, args.id, container, deadlines_s[container])
        except UnhealthyContainerError as error:
            _say_at_once(error)
            raise

    return pulumi.ResourceHook(f"{name}-healthy", wait_for_health)


def _say_at_once(error: UnhealthyContainerError) -> None:
    """Shows every line of the message now.

    The engine shows an error's first line, and the others once all that is under way has ended: minutes later where
    other containers still start. Ephemeral, so that it does not show them twice then.
    """
    for line in str(error).splitlines():
        pulumi.log.info(line, ephemeral=True)


def wait_until_healthy(connection: str, container_id: str, name: str, deadline_s: float) -> None:
    """Returns once the container is healthy.

    Raises UnhealthyContainerError as soon as it has exited or keeps restarting, or when its deadline is over.
    """
    from components.docker.daemon import daemon_client  # heavy, and needed in an update only

    with daemon_client(connection) as client:
        _Watch(client.containers.get(container_id), name, deadline_s).until_healthy()


class _Watch:
    """Looks at one container again and again, running its health command whenever the last run has ended."""

    def __init__(self, container: Any, name: str, deadline_s: float) -> None:
        self._container = container
        self._api = container.client.api
        self._name = name
        self._deadline_s = deadline_s
        self._check: str | None = None

    def until_healthy(self) -> None:
        give_up = time.monotonic() + self._deadline_s
        while not self._is_healthy(late=time.monotonic() > give_up):
            time.sleep(_POLL_S)
            self._look_again()

    def _look_again(self) -> None:
        from docker.errors import NotFound

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
        if state["Status"] == "running" and self._passes_its_own_check():
            return True
        if late or health.get("Status") == "unhealthy":
            probes = health.get("Log") or []
            last = probes[-1]["Output"].strip() if probes else "no check has answered"
            msg = f"not healthy after {self._deadline_s:g} s (last check: {last or 'no output'})"
            raise self._failure(msg)
        return False

    def _passes_its_own_check(self) -> bool:
        """Whether the last run of the health command ended well; starts one where none is under way.

        Detached, and asked for its end: an attached run breaks now and then over ssh.
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
            if error.status_code != _STOPPED_MEANWHILE:
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

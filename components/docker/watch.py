"""Watches one container until it is healthy; imports the Docker SDK when it does.

The provider's `wait` polls once a second and notices an exited container only at its timeout. This polls several times
a second, and reports at once which container failed, why, and its last log lines. It runs the health command itself,
since the daemon first does so a whole interval after the start.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import BoundedSemaphore
from typing import Any, NoReturn

_POLL_S = 0.1
_LOG_LINES = 15
_EXITED = ("exited", "dead")
_SETTLED_S = 10
"""Docker itself regards a container as started once it has run this long (moby, restartmanager)."""
_FIXES = {
    "created": "was created, but never started; `pulumi up --refresh` starts it",
    "paused": "is paused; run `docker unpause {name}`",
}
"""Status -> problem of a deployed container that does not start by itself, with its fix."""


class UnhealthyContainerError(Exception):
    """A container is not healthy; the message has its name, the reason and its last log lines."""


class Watch:
    """Polls one container, running its health command again whenever it has ended.

    restarts: restarts by its policy so far that are no failure; None accepts those before the first look, since a
    deployed container may have recovered from them.
    proven: has passed its check since it was created, so that it need not pass again.
    once: runs to its end: exit code 0 is healthy, at any later time too; restarts are its policy's.
    calls: limits the calls to the daemon under way at once.
    interrupted: whether to give up.
    """

    def __init__(
        self,
        client: Any,
        container_id: str,
        name: str,
        deadline_s: float,
        *,
        restarts: int | None = 0,
        proven: bool = False,
        once: bool = False,
        calls: BoundedSemaphore | None = None,
        interrupted: Callable[[], bool] = lambda: False,
    ) -> None:
        self._client, self._api = client, client.api
        self._id, self._name, self._deadline_s = container_id, name, deadline_s
        self._restarts, self._deployed, self._proven = restarts, restarts is None or proven, proven
        self._once = once
        self._calls, self._interrupted = calls or BoundedSemaphore(), interrupted
        self._container: Any = None
        self._check: str | None = None
        self._runs: dict[str, float] = {}

    def until_healthy(self) -> None:
        """Returns once the container is healthy.

        Raises UnhealthyContainerError once it has ended, at its deadline, and if the daemon fails or lacks it.
        """
        from docker.errors import APIError, DockerException, NotFound
        from requests.exceptions import RequestException

        deadline = time.monotonic() + self._deadline_s
        try:
            while not self._look(late=time.monotonic() > deadline):
                time.sleep(_POLL_S)
                if self._interrupted():
                    self._fail("was not healthy yet when the update was cancelled")
        except NotFound:
            gone = "no longer exists; `pulumi up --refresh` creates it" if self._deployed else "was removed"
            self._fail(gone)
        except APIError as error:
            self._fail(f"cannot be watched ({explained(error)})")
        except (DockerException, RequestException) as error:
            self._fail(f"cannot be watched: the daemon stopped answering ({explained(error)})")

    def _look(self, *, late: bool) -> bool:
        with self._calls:
            if self._container is None:
                self._container = self._client.containers.get(self._id)
            else:
                self._container.reload()
            return self._has_ended_well(late=late) if self._once else self._is_healthy(late=late)

    def _has_ended_well(self, *, late: bool) -> bool:
        """Of a container that runs once."""
        state = self._container.attrs["State"]
        if state["Status"] in _EXITED and int(state["ExitCode"]) == 0 and not state.get("Error"):
            return True
        self._fail_if_ended(state, again=False)
        if late:
            self._fail_with_log(f"has not ended after {self._deadline_s:g} s, its time_limit")
        return False

    def _is_healthy(self, *, late: bool) -> bool:
        attrs = self._container.attrs
        state, restarts = attrs["State"], int(attrs.get("RestartCount", 0))
        accepted = self._restarts = restarts if self._restarts is None else self._restarts
        health = (state.get("Health") or {}).get("Status")
        self._fail_if_ended(state, again=restarts > accepted)
        if state["Status"] != "running":
            passed = None
        elif health == "healthy" or self._proven:
            return True
        else:
            passed = self._passes_health_command()
        if passed and (late or not restarts or self._has_settled(state)):
            return True
        if late and state["Status"] == "restarting":
            self._fail_with_log(f"keeps restarting ({_end_in(state)})")
        if late:
            self._fail_with_log(f"not healthy after {self._deadline_s:g} s {_last(state)}")
        if passed is False and health == "unhealthy":
            self._fail_with_log(f"unhealthy {_last(state)}")
        return False

    def _fail_if_ended(self, state: Mapping[str, Any], *, again: bool) -> None:
        status = state["Status"]
        if self._deployed and status in _FIXES:
            self._fail(_FIXES[status].format(name=self._name))
        if again:
            self._fail_with_log(f"stopped by itself ({self._end(state)})")
        if status in _EXITED and self._once:
            fix = f"; `docker start {self._name}` runs it again" if self._deployed else ""
            self._fail_with_log(f"failed ({_end_in(state)}){fix}")
        if status in _EXITED:
            stopped = "is not running" if self._deployed else "stopped by itself"
            fix = "; if it was stopped by hand, `pulumi up --refresh` starts it" if self._deployed else ""
            self._fail_with_log(f"{stopped} ({_end_in(state)}){fix}")

    def _has_settled(self, state: Mapping[str, Any]) -> bool:
        first = self._runs.setdefault(state["StartedAt"], time.monotonic())
        return time.monotonic() - first >= _SETTLED_S

    def _passes_health_command(self) -> bool | None:
        """Whether the last run of the health command succeeded, None without one; starts one if none is running.

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
        except APIError:
            # The daemon has several errors for a container that ends meanwhile; the next look shows whether it has.
            self._check = None
            return None
        if result["Running"] or result["ExitCode"] is None:
            return None
        self._check = None
        return int(result["ExitCode"]) == 0

    def _end(self, state: Mapping[str, Any]) -> str:
        """Why it ended. A restart resets its state, but the daemon keeps the latest events."""
        from docker.errors import APIError

        if state["Status"] in ("restarting", *_EXITED):
            return _end_in(state)
        since, until = _timestamp(self._container.attrs["Created"]), _timestamp(state["StartedAt"])
        wanted = {"container": self._id, "event": ["die", "oom"]}
        try:
            events = list(self._api.events(since=since, until=until, filters=wanted, decode=True))
        except APIError:
            events = []
        ends = {event["Action"]: event["Actor"]["Attributes"] for event in events}
        if "oom" in ends:
            return "out of memory"
        return f"exit code {ends['die']['exitCode']}" if "die" in ends else "exit code unknown"

    def _fail_with_log(self, problem: str) -> NoReturn:
        from docker.errors import APIError

        try:
            logs = self._container.logs(tail=_LOG_LINES).decode(errors="replace").rstrip()
        except APIError as error:
            logs = f"(its log cannot be read: {explained(error)})"
        shown = "\n".join(f"    {line}" for line in logs.splitlines()) or "    (it printed nothing)"
        self._fail(f"{problem}; its last lines:\n{shown}")

    def _fail(self, problem: str) -> NoReturn:
        msg = f"container {self._name}: {problem}"
        raise UnhealthyContainerError(msg) from None


def explained(error: Exception) -> str:
    """An error of the Docker SDK in one line."""
    text = str(getattr(error, "explanation", None) or error).strip()
    return text.splitlines()[0] if text else type(error).__name__


def _end_in(state: Mapping[str, Any]) -> str:
    return "out of memory" if state.get("OOMKilled") else state.get("Error") or f"exit code {state['ExitCode']}"


def _last(state: Mapping[str, Any]) -> str:
    probes = (state.get("Health") or {}).get("Log") or []
    last = probes[-1]["Output"].strip() if probes else "no check has answered"
    return f"(last check: {last or 'no output'})"


def _timestamp(text: str) -> str:
    """RFC 3339, as a container's properties have it -> seconds since 1970, as the events API takes it."""
    return f"{datetime.fromisoformat(text).timestamp():.6f}"

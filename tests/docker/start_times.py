"""How long the containers of a deployment took to start, by their daemon's own account."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from docker.models.containers import Container

from tests.docker.lab import Machine, wait_until

RUNS_BUDGET_S = 2.0
HEALTHY_BUDGET_S = 30.0

_EVENTS = {"connect": "begun", "start": "runs", "health_status: healthy": "healthy"}


@dataclass(frozen=True)
class StartTime:
    """When a container of a deployment came how far, in seconds since the epoch."""

    begun: float
    """Its daemon attached it to the network, the first thing it does to start one."""
    runs: float
    """Its process runs."""
    listens: float
    """Its agent host says that it listens."""
    healthy: float
    """Its daemon calls it healthy."""


@dataclass(frozen=True)
class StartAlone:
    """What a container took to start while nothing else did, in seconds."""

    runs_s: float
    """Until its process ran."""
    listens_s: float
    """Until its agent host said that it listens."""


class StartTimes:
    """Listens to a daemon while a deployment is on its way."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._seen: dict[str, dict[str, float]] = {event: {} for event in _EVENTS.values()}
        self._stream = machine.client.events(decode=True, filters={"event": ["connect", "start", "health_status"]})
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def collect(self, containers: Iterable[str]) -> dict[str, StartTime]:
        """Container name -> how it started; ends the listening."""
        found = {name: self._machine.container(name) for name in containers}
        ids = {str(container.id) for container in found.values()}
        wait_until(lambda: ids <= set(self._seen["healthy"]), 10, "the daemon reported all healthy")
        self._stream.close()
        return {
            name: StartTime(
                listens=_listens(container, 0) or math.nan,
                **{event: at[str(container.id)] for event, at in self._seen.items()},
            )
            for name, container in found.items()
        }

    def _listen(self) -> None:
        # Closing the stream from outside ends the loop with an error.
        with suppress(requests.RequestException, OSError, ValueError, AttributeError):
            for event in self._stream:
                self._note(event)

    def _note(self, event: dict[str, Any]) -> None:
        if event["Action"] in _EVENTS:
            actor = event["Actor"]
            container = actor["Attributes"]["container"] if event["Type"] == "network" else actor["ID"]
            self._seen[_EVENTS[event["Action"]]].setdefault(container, event["timeNano"] / 1e9)


def start_alone(machine: Machine, name: str) -> StartAlone:
    """Stops a container and starts it again."""
    container = machine.container(name)
    container.stop()
    begun = time.time()
    container.start()
    # Only its log is looked at: a health check would take part of the time itself.
    wait_until(lambda: _listens(container, begun) is not None, HEALTHY_BUDGET_S, f"{name} listens")
    container.reload()
    runs = datetime.fromisoformat(container.attrs["State"]["StartedAt"]).timestamp()
    return StartAlone(runs - begun, (_listens(container, begun) or math.nan) - begun)


def _listens(container: Container, after: float) -> float | None:
    """When the agent host first said that it listens, after some moment."""
    for line in container.logs().splitlines():
        said = json.loads(line)
        at = datetime.fromisoformat(said["time"]).timestamp()
        if "listening on port" in said["message"] and at > after:
            return at
    return None


def table(rows: Iterable[tuple[str, int, str, StartTime, StartAlone | None]]) -> Iterator[str]:
    """Lines of machine, wave, container, its start in the deployment, and its start alone where it was measured."""
    yield f"{'':<38}{'  ------ in its wave, s ------':<30}{'  ---- alone, s ----':<20}"
    yield f"{'machine':<8} {'container':<24} {'wave':>4}" + _columns("runs", "listens", "healthy", "runs", "listens")
    for machine, wave, container, at, alone in rows:
        steps = [at.runs - at.begun, at.listens - at.begun, at.healthy - at.begun]
        steps += [alone.runs_s, alone.listens_s] if alone else []
        yield f"{machine:<8} {container:<24} {wave:>4}" + _columns(*(f"{step:.2f}" for step in steps))
    yield f"{'budget':<38}" + _columns("", "", f"{HEALTHY_BUDGET_S:.2f}", f"{RUNS_BUDGET_S:.2f}")


def _columns(*texts: str) -> str:
    return "".join(f"{text:>10}" for text in texts)

"""A stand-in for the Docker SDK with containers whose states are given, and for the clock."""

from __future__ import annotations

from typing import Any

from docker.errors import NotFound

State = dict[str, Any]
RUNNING: State = {"Status": "running", "Health": {"Status": "starting"}}
HEALTHY: State = {"Status": "running", "Health": {"Status": "healthy"}}
CHECK = ["python3", "-m", "agent_host.health"]
START = "2026-11-28T15:58:35.123456789Z"


class FakeContainer:
    """Shows one state after the other, the last one for ever; runs of its own check end as given, one each."""

    id = ""
    """Set by the daemon."""

    def __init__(
        self,
        *states: State | Exception,
        checks: tuple[int | Exception | None, ...] = (1,),
        logs: bytes | Exception = b"",
        ends: list[dict[str, Any]] | Exception | None = None,
    ) -> None:
        self._states, self._checks, self._logs, self._ends = list(states), list(checks), logs, ends
        self.checked: list[list[str]] = []
        self.asked_events: dict[str, Any] = {}
        self.looks = 0
        self.attrs: dict[str, Any] = {}

    def reload(self) -> None:
        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        self.looks += 1
        if isinstance(state, Exception):
            raise state
        config = {"Healthcheck": {"Test": ["CMD", *CHECK]}}
        state = {"StartedAt": START, **state}
        self.attrs = {"State": state, "RestartCount": state.get("Restarts", 0), "Config": config, "Created": START}

    def exec_create(self, command: list[str]) -> str:
        self.checked.append(command)
        return f"check-{len(self.checked)}"

    def exec_inspect(self, check: str) -> dict[str, Any]:
        assert check == f"check-{len(self.checked)}"
        answer = self._checks.pop(0) if len(self._checks) > 1 else self._checks[0]
        if isinstance(answer, Exception):
            raise answer
        return {"Running": answer is None, "ExitCode": answer}

    def events(self, **asked: Any) -> list[dict[str, Any]]:
        self.asked_events = asked
        if isinstance(self._ends, Exception):
            raise self._ends
        return self._ends or []

    def logs(self, tail: int) -> bytes:
        if isinstance(self._logs, Exception):
            raise self._logs
        return b"\n".join(self._logs.split(b"\n")[-tail:])

    def healthy(self) -> bool:
        """Whether the daemon lists it as healthy."""
        self.reload()
        return (self.attrs["State"].get("Health") or {}).get("Status") == "healthy"


class FakeDaemon:
    """Stands for the Docker SDK and for the clock: a sleep moves the clock and takes no time."""

    def __init__(self) -> None:
        self.containers_by_id: dict[str, FakeContainer] = {}
        self.clients: list[dict[str, Any]] = []
        self.now = 0.0
        self.closed = 0
        self.refuses: Exception | None = None

    def client(self, **how: Any) -> Any:
        if self.refuses:
            raise self.refuses
        self.clients.append(how)
        return _Client(self)

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


class _Client:
    def __init__(self, daemon: FakeDaemon) -> None:
        self._daemon = daemon
        self.api = self
        self.base_url = ""
        self._checks: dict[str, FakeContainer] = {}

    @property
    def containers(self) -> Any:
        return _Containers(self._daemon)

    def get_adapter(self, url: str) -> None:
        return None

    def exec_create(self, container: str, command: list[str]) -> dict[str, str]:
        found = self._daemon.containers_by_id[container]
        check = f"{container} {found.exec_create(command)}"
        self._checks[check] = found
        return {"Id": check}

    def exec_start(self, check: str, *, detach: bool) -> None:
        """An attached run breaks now and then over ssh."""
        assert detach
        assert check in self._checks

    def exec_inspect(self, check: str) -> dict[str, Any]:
        return self._checks[check].exec_inspect(check.split()[1])

    def events(self, *, filters: dict[str, Any], **asked: Any) -> list[dict[str, Any]]:
        return self._daemon.containers_by_id[filters["container"]].events(filters=filters, **asked)

    def close(self) -> None:
        self._daemon.closed += 1


class _Containers:
    """`client.containers.get` and `client.api.containers(...)`."""

    def __init__(self, daemon: FakeDaemon) -> None:
        self._daemon = daemon

    def __call__(self, filters: dict[str, list[str]]) -> list[dict[str, str]]:
        assert filters == {"status": ["running"], "health": ["healthy"]}
        return [{"Id": id_} for id_, container in self._daemon.containers_by_id.items() if container.healthy()]

    def get(self, container_id: str) -> Any:
        if container_id not in self._daemon.containers_by_id:
            msg = f"No such container: {container_id}"
            raise NotFound(msg)
        container = self._daemon.containers_by_id[container_id]
        container.id = container_id
        container.reload()
        return container


def end(exit_code: int, action: str = "die") -> dict[str, Any]:
    """An event of the daemon."""
    return {"Action": action, "Actor": {"Attributes": {"exitCode": str(exit_code)}}}

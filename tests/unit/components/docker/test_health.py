"""Waiting for health: over at once when a container is healthy or has failed, and never later than its deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest
from docker.errors import APIError

from components.docker import health
from components.docker.health import UnhealthyContainerError, health_hook, wait_until_healthy
from tests.unit.components.registering import run

State = dict[str, Any]
RUNNING: State = {"Status": "running", "Health": {"Status": "starting"}}
HEALTHY: State = {"Status": "running", "Health": {"Status": "healthy"}}


class FakeContainer:
    """Shows one state after the other, the last one for ever; runs of its own check end as given, one each."""

    id = "abc"

    def __init__(self, *states: State, checks: tuple[int | Exception | None, ...] = (1,), logs: bytes = b"") -> None:
        self._states, self._checks, self._logs = list(states), list(checks), logs
        self.checked: list[list[str]] = []
        self.looks = 0
        self.attrs: dict[str, Any] = {}
        self.client = SimpleNamespace(api=self)
        self.reload()

    def reload(self) -> None:
        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        self.looks += 1
        check = {"Healthcheck": {"Test": ["CMD", "python3", "-m", "agent_host.health"]}}
        self.attrs = {"State": state, "RestartCount": state.get("Restarts", 0), "Config": check}

    def exec_create(self, container: str, command: list[str]) -> dict[str, str]:
        assert container == self.id
        self.checked.append(command)
        return {"Id": f"check-{len(self.checked)}"}

    def exec_start(self, check: str, *, detach: bool) -> None:
        """An attached run breaks now and then over ssh."""
        assert detach
        assert check == f"check-{len(self.checked)}"

    def exec_inspect(self, check: str) -> dict[str, Any]:
        assert check == f"check-{len(self.checked)}"
        answer = self._checks.pop(0) if len(self._checks) > 1 else self._checks[0]
        if isinstance(answer, Exception):
            raise answer
        return {"Running": answer is None, "ExitCode": answer}

    def logs(self, tail: int) -> bytes:
        return b"\n".join(self._logs.split(b"\n")[-tail:])


class FakeDaemon:
    """Stands for the Docker SDK and for the clock: a sleep moves the clock and takes no time."""

    def __init__(self) -> None:
        self.containers: dict[str, FakeContainer] = {}
        self.asked: dict[str, Any] = {}
        self.now = 0.0
        self.closed = False

    def client(self, **how: Any) -> Any:
        self.asked = how
        api = SimpleNamespace(base_url="", get_adapter=lambda url: None)
        return SimpleNamespace(api=api, containers=SimpleNamespace(get=self.containers.__getitem__), close=self.close)

    def close(self) -> None:
        self.closed = True

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds

    def wait(self, container: FakeContainer, deadline_s: float = 60) -> None:
        self.containers["abc"] = container
        wait_until_healthy("ssh://owner@pi", "abc", "ears", deadline_s)


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDaemon]:
    fake = FakeDaemon()
    monkeypatch.setattr("docker.DockerClient", fake.client)
    monkeypatch.setattr(health, "time", SimpleNamespace(monotonic=lambda: fake.now, sleep=fake.sleep))
    yield fake
    assert fake.closed, "the connection stays open"


def complaint(daemon: FakeDaemon, container: FakeContainer, deadline_s: float = 60) -> str:
    with pytest.raises(UnhealthyContainerError) as caught:
        daemon.wait(container, deadline_s)
    return str(caught.value)


def test_a_container_the_daemon_calls_healthy_is_waited_for_no_longer(daemon: FakeDaemon) -> None:
    daemon.wait(FakeContainer(HEALTHY))
    assert daemon.now == 0


def test_a_container_becomes_healthy_while_it_is_watched(daemon: FakeDaemon) -> None:
    container = FakeContainer(RUNNING, RUNNING, RUNNING, HEALTHY)
    daemon.wait(container)
    assert container.looks == 4
    assert 0 < daemon.now < 1


def test_its_own_check_is_asked_before_the_daemon_first_does(daemon: FakeDaemon) -> None:
    """The daemon first checks a whole interval, half a minute, after the start."""
    container = FakeContainer(RUNNING, checks=(1, 1, 0))
    daemon.wait(container)
    assert container.checked == [["python3", "-m", "agent_host.health"]] * 3
    assert daemon.now < 1


def test_a_check_that_takes_its_time_is_run_once(daemon: FakeDaemon) -> None:
    container = FakeContainer(RUNNING, checks=(None, None, None, 0))
    daemon.wait(container)
    assert len(container.checked) == 1


def test_another_error_of_the_daemon_is_not_taken_for_bad_health(daemon: FakeDaemon) -> None:
    broken = APIError("server error", SimpleNamespace(status_code=500))
    with pytest.raises(APIError):
        daemon.wait(FakeContainer(RUNNING, checks=(broken,)))


def test_a_check_of_a_container_that_just_stopped_is_not_the_last_word(daemon: FakeDaemon) -> None:
    stopped = {"Status": "exited", "ExitCode": 3}
    container = FakeContainer(
        RUNNING, stopped, checks=(APIError("is not running", SimpleNamespace(status_code=409)),), logs=b"bye"
    )
    assert "stopped by itself (exit code 3)" in complaint(daemon, container)


def test_a_container_that_is_not_yet_running_is_not_checked(daemon: FakeDaemon) -> None:
    container = FakeContainer({"Status": "created"}, HEALTHY)
    daemon.wait(container)
    assert container.checked == []


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"Status": "exited", "ExitCode": 1}, "exit code 1"),
        ({"Status": "exited", "ExitCode": 0}, "exit code 0"),
        ({"Status": "dead", "ExitCode": 137, "OOMKilled": True}, "out of memory"),
        ({"Status": "exited", "ExitCode": 127, "Error": "no such file: python3"}, "no such file: python3"),
        ({"Status": "running", "Restarts": 1, "ExitCode": 2}, "exit code 2"),
        ({"Status": "restarting", "Restarts": 7, "ExitCode": 2}, "exit code 2"),
    ],
)
def test_a_container_that_stopped_or_keeps_restarting_fails_at_once(
    daemon: FakeDaemon, state: State, reason: str
) -> None:
    message = complaint(daemon, FakeContainer(RUNNING, state, logs=b"loading model\nKeyError: 'voice'\n"))
    assert message == (
        f"container ears: stopped by itself ({reason}); its last lines:\n    loading model\n    KeyError: 'voice'"
    )
    assert daemon.now < 1


def test_a_container_the_daemon_calls_unhealthy_fails_with_the_last_check(daemon: FakeDaemon) -> None:
    probes = [{"Output": "first"}, {"Output": "HTTP 503\n"}]
    state = {"Status": "running", "Health": {"Status": "unhealthy", "Log": probes}}
    message = complaint(daemon, FakeContainer(state))
    assert message.startswith("container ears: not healthy after 60 s (last check: HTTP 503); its last lines:")
    assert message.endswith("\n    (it printed nothing)")


def test_a_container_that_never_becomes_healthy_fails_at_its_deadline(daemon: FakeDaemon) -> None:
    message = complaint(daemon, FakeContainer(RUNNING, logs=b"still loading"), deadline_s=5)
    assert message.startswith("container ears: not healthy after 5 s (last check: no check has answered)")
    assert 5 < daemon.now < 6


def test_a_container_healthy_at_its_very_deadline_is_healthy(daemon: FakeDaemon) -> None:
    container = FakeContainer(*[RUNNING] * 5, HEALTHY)
    daemon.wait(container, deadline_s=0.45)
    assert daemon.now == pytest.approx(0.5)


def test_a_failure_shows_no_more_than_the_last_lines(daemon: FakeDaemon) -> None:
    logs = b"\n".join(b"line %d" % number for number in range(1000)) + b"\xff"
    lines = complaint(daemon, FakeContainer({"Status": "exited", "ExitCode": 1}, logs=logs)).splitlines()[1:]
    assert len(lines) == 15
    assert lines[-1].startswith("    line 999")


@pytest.mark.parametrize(("connection", "over_ssh"), [("ssh://owner@pi", True), ("unix:///run/docker.sock", False)])
def test_the_daemon_is_reached_as_the_provider_reaches_it(daemon: FakeDaemon, connection: str, over_ssh: bool) -> None:
    daemon.containers["abc"] = FakeContainer(HEALTHY)
    wait_until_healthy(connection, "abc", "ears", 5)
    # Behind ssh, the client talks to a local socket, each connection of which is one ssh command.
    assert (daemon.asked["base_url"] != connection) is over_ssh
    assert daemon.asked["base_url"].startswith("unix:///")


def _hook_of_ears(connection: str) -> tuple[pulumi.ResourceHook, Callable[[], Coroutine[None, None, None]]]:
    """The hook of a machine, and what the engine does with it once it has created the container `ears`."""
    hooks: list[pulumi.ResourceHook] = []
    run(lambda: hooks.append(health_hook("pi", connection, {"ears": 3, "eyes": 300})), "pi", preview=False)

    async def created() -> None:
        args = pulumi.ResourceHookArgs("urn", "abc", "pi-ears-main", "docker", new_inputs={"name": "ears"})
        called = hooks[0](args)
        assert called is not None
        await called

    return hooks[0], created


def test_the_hook_watches_the_container_it_was_called_for_until_its_own_deadline(daemon: FakeDaemon) -> None:
    daemon.containers["abc"] = FakeContainer(RUNNING)
    hook, created = _hook_of_ears("ssh://owner@pi")
    assert hook.name == "pi-healthy"
    with pytest.raises(UnhealthyContainerError, match="container ears: not healthy after 3 s"):
        asyncio.run(created())


def test_a_failure_is_logged_line_by_line_before_the_engine_reports_it(
    daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine shows an error's later lines only once all that is under way has ended."""
    reported: list[str] = []
    monkeypatch.setattr(pulumi.log, "info", lambda line, ephemeral: reported.append(line) if ephemeral else None)
    daemon.containers["abc"] = FakeContainer({"Status": "exited", "ExitCode": 3}, logs=b"no model\ngiving up\n")
    _, created = _hook_of_ears("unix:///var/run/docker.sock")
    with pytest.raises(UnhealthyContainerError):
        asyncio.run(created())
    assert reported == [
        "container ears: stopped by itself (exit code 3); its last lines:",
        "    no model",
        "    giving up",
    ]

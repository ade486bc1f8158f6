"""The health of a stack's containers: a created one is waited for, and all are looked at in each update."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pulumi
import pytest
from docker.errors import DockerException

from components.docker import watch
from components.docker.health import Health
from components.docker.watch import UnhealthyContainerError
from components.ending import Ending
from tests.unit.components.docker.fake_daemon import HEALTHY, RUNNING, FakeContainer, FakeDaemon
from tests.unit.components.registering import run

SOCKET = "unix:///var/run/docker.sock"
DEADLINES = {"ears": 3, "eyes": 300}


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDaemon]:
    fake = FakeDaemon()
    monkeypatch.setattr("docker.DockerClient", fake.client)
    monkeypatch.setattr(watch, "time", SimpleNamespace(monotonic=lambda: fake.now, sleep=fake.sleep))
    yield fake
    assert fake.closed == len(fake.clients), "a connection stays open"


def problems(health: Health, ids: Mapping[str, str]) -> list[str]:
    try:
        return asyncio.run(health.problems(ids))
    finally:
        health.close()


Call = Callable[[str, str], Coroutine[None, None, None]]


def hook_of(health: Health) -> Call:
    """What the engine does with the hook once it has created a container of a name and an id."""
    hooks: list[pulumi.ResourceHook] = []
    run(lambda: hooks.append(health.hook("pi")), "pi", preview=False)
    assert hooks[0].name == "pi-healthy"

    async def created(name: str, container_id: str) -> None:
        called = hooks[0](
            pulumi.ResourceHookArgs("urn", container_id, f"pi-{name}-main", "docker", new_inputs={"name": name})
        )
        assert called is not None
        await called

    return created


def test_healthy_containers_take_one_look_over_one_connection(daemon: FakeDaemon) -> None:
    for name in DEADLINES:
        daemon.containers_by_id[name] = FakeContainer(HEALTHY)
    assert problems(Health(SOCKET, DEADLINES, Ending()), {name: name for name in DEADLINES}) == []
    assert [container.looks for container in daemon.containers_by_id.values()] == [1, 1]
    assert len(daemon.clients) == 1


def test_every_container_that_is_not_healthy_is_reported(daemon: FakeDaemon) -> None:
    daemon.containers_by_id["1"] = FakeContainer({"Status": "exited", "ExitCode": 3}, logs=b"no model")
    found = problems(Health(SOCKET, DEADLINES, Ending()), {"ears": "1", "eyes": "2"})
    assert [line.split(";")[0] for line in found] == [
        "container ears: is not running (exit code 3)",
        "container eyes: no longer exists",
    ]
    assert len(daemon.clients) == 1


def test_a_daemon_that_does_not_answer_is_reported_once(daemon: FakeDaemon) -> None:
    daemon.refuses = DockerException("Connection refused")
    found = problems(Health("tcp://10.0.0.4:2375", DEADLINES, Ending()), {"ears": "1", "eyes": "2"})
    assert found == [
        "the containers cannot be checked: no Docker daemon answers at tcp://10.0.0.4:2375 (Connection refused)"
    ]


def test_the_daemon_is_reached_as_the_provider_reaches_it(daemon: FakeDaemon) -> None:
    daemon.containers_by_id["1"] = FakeContainer(HEALTHY)
    for connection, over_ssh in (("ssh://owner@pi", True), ("unix:///run/docker.sock", False)):
        assert problems(Health(connection, DEADLINES, Ending()), {"ears": "1"}) == []
        # Behind ssh, the client talks to a local socket, each connection of which is one ssh command.
        asked = daemon.clients[-1]["base_url"]
        assert (asked != connection) is over_ssh, connection
        assert asked.startswith("unix:///"), connection


def test_the_hook_watches_the_container_it_was_called_for_until_its_own_deadline(daemon: FakeDaemon) -> None:
    daemon.containers_by_id["abc"] = FakeContainer(RUNNING)
    health = Health(SOCKET, DEADLINES, Ending())
    with pytest.raises(UnhealthyContainerError, match="container ears: not healthy after 3 s"):
        asyncio.run(hook_of(health)("ears", "abc"))
    health.close()


def test_what_the_hook_has_proven_is_not_checked_again(daemon: FakeDaemon) -> None:
    daemon.containers_by_id["abc"] = container = FakeContainer(RUNNING, checks=(0,))
    health = Health(SOCKET, DEADLINES, Ending())
    asyncio.run(hook_of(health)("ears", "abc"))
    assert problems(health, {"ears": "abc"}) == []
    assert len(container.checked) == 1
    assert len(daemon.clients) == 1


def test_a_failure_is_logged_line_by_line_before_the_engine_reports_it(
    daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine shows an error's later lines only once all that is under way has ended."""
    reported: list[str] = []
    monkeypatch.setattr(pulumi.log, "info", lambda line, ephemeral: reported.append(line) if ephemeral else None)
    daemon.containers_by_id["abc"] = FakeContainer({"Status": "exited", "ExitCode": 3}, logs=b"no model\ngiving up\n")
    health = Health(SOCKET, DEADLINES, Ending())
    with pytest.raises(UnhealthyContainerError):
        asyncio.run(hook_of(health)("ears", "abc"))
    health.close()
    assert reported == [
        "container ears: stopped by itself (exit code 3); its last lines:",
        "    no model",
        "    giving up",
    ]


def test_a_hook_runs_although_registrations_fill_the_loop_s_threads(daemon: FakeDaemon) -> None:
    """Each registration holds a thread of the event loop until its hook has answered."""
    daemon.containers_by_id["abc"] = FakeContainer(HEALTHY)
    health = Health(SOCKET, DEADLINES, Ending())
    answered = threading.Event()
    created = hook_of(health)

    async def update() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        registration = loop.run_in_executor(None, answered.wait, 30)
        await asyncio.wait_for(created("ears", "abc"), 10)
        answered.set()
        assert await registration

    try:
        asyncio.run(update())
    finally:
        answered.set()
        health.close()

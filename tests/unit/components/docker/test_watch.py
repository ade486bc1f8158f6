"""Watching a container: over at once when it is healthy or has failed, and never later than its deadline."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from docker.errors import APIError, NotFound
from requests.exceptions import ConnectionError as Disconnected

from components.docker import watch
from components.docker.watch import UnhealthyContainerError, Watch
from tests.unit.components.docker.fake_daemon import (
    CHECK,
    HEALTHY,
    RUNNING,
    FakeContainer,
    FakeDaemon,
    State,
    end,
)

STOPPED: State = {"Status": "exited", "ExitCode": 3}
RESTARTING: State = {"Status": "restarting", "ExitCode": 2}


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> FakeDaemon:
    fake = FakeDaemon()
    monkeypatch.setattr(watch, "time", SimpleNamespace(monotonic=lambda: fake.now, sleep=fake.sleep))
    return fake


def wait(container: FakeContainer, deadline_s: float = 60, **how: Any) -> None:
    daemon = FakeDaemon()
    daemon.containers_by_id["abc"] = container
    Watch(daemon.client(), "abc", "ears", deadline_s, **how).until_healthy()


def complaint(container: FakeContainer, deadline_s: float = 60, **how: Any) -> str:
    with pytest.raises(UnhealthyContainerError) as caught:
        wait(container, deadline_s, **how)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def failure(status: int, text: str = "OCI runtime exec failed") -> APIError:
    return APIError("server error", SimpleNamespace(status_code=status), text)


def test_a_container_the_daemon_calls_healthy_is_waited_for_no_longer(daemon: FakeDaemon) -> None:
    wait(FakeContainer(HEALTHY))
    assert daemon.now == 0


def test_a_container_becomes_healthy_while_it_is_watched(daemon: FakeDaemon) -> None:
    container = FakeContainer(RUNNING, RUNNING, RUNNING, HEALTHY)
    wait(container)
    assert container.looks == 4
    assert 0 < daemon.now < 1


def test_its_own_check_is_asked_before_the_daemon_first_does(daemon: FakeDaemon) -> None:
    """The daemon first checks a whole interval, half a minute, after the start."""
    container = FakeContainer(RUNNING, checks=(1, 1, 0))
    wait(container)
    assert container.checked == [CHECK] * 3
    assert daemon.now < 1


def test_a_check_that_takes_its_time_is_run_once(daemon: FakeDaemon) -> None:
    container = FakeContainer(RUNNING, checks=(None, None, None, 0))
    wait(container)
    assert len(container.checked) == 1


@pytest.mark.parametrize("status", [404, 409, 500])
def test_an_error_of_a_check_is_no_verdict(daemon: FakeDaemon, status: int) -> None:
    """A container that ends while its check starts gives any of these; the next look shows that it has ended."""
    container = FakeContainer(RUNNING, STOPPED, checks=(failure(status),), logs=b"bye")
    assert complaint(container) == "container ears: stopped by itself (exit code 3); its last lines:\n    bye"
    wait(FakeContainer(RUNNING, RUNNING, HEALTHY, checks=(failure(status),)))


def test_errors_of_the_daemon_are_reported_in_one_line(daemon: FakeDaemon) -> None:
    for error, said in (
        (failure(500, "driver failed\nstack"), "cannot be watched (driver failed)"),
        (Disconnected("Connection refused"), "cannot be watched: the daemon stopped answering (Connection refused)"),
        (NotFound("gone"), "was removed"),
    ):
        assert complaint(FakeContainer(RUNNING, error)) == f"container ears: {said}", error
    unreadable = FakeContainer(STOPPED, logs=failure(501, "the logging driver does not support reading"))
    assert complaint(unreadable).endswith("\n    (its log cannot be read: the logging driver does not support reading)")


def test_a_container_that_is_not_yet_running_is_not_checked(daemon: FakeDaemon) -> None:
    container = FakeContainer({"Status": "created"}, HEALTHY)
    wait(container)
    assert container.checked == []


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"Status": "exited", "ExitCode": 1}, "exit code 1"),
        ({"Status": "exited", "ExitCode": 0}, "exit code 0"),
        ({"Status": "dead", "ExitCode": 137, "OOMKilled": True}, "out of memory"),
        ({"Status": "exited", "ExitCode": 127, "Error": "no such file: python3"}, "no such file: python3"),
        ({"Status": "restarting", "Restarts": 7, "ExitCode": 2}, "exit code 2"),
    ],
)
def test_a_container_that_stopped_or_keeps_restarting_fails_at_once(
    daemon: FakeDaemon, state: State, reason: str
) -> None:
    message = complaint(FakeContainer(RUNNING, state, logs=b"loading model\nKeyError: 'voice'\n"))
    assert message == (
        f"container ears: stopped by itself ({reason}); its last lines:\n    loading model\n    KeyError: 'voice'"
    )
    assert daemon.now < 1


def test_the_exit_code_is_that_of_the_end_although_it_runs_again(daemon: FakeDaemon) -> None:
    """A restart sets it to 0; the daemon's events still have it."""
    again = {"Status": "running", "Restarts": 2, "ExitCode": 0, "StartedAt": "2026-11-28T15:58:40.5Z"}
    container = FakeContainer(RUNNING, again, ends=[end(1), end(3)])
    assert complaint(container).startswith("container ears: stopped by itself (exit code 3)")
    assert container.asked_events == {
        "since": "1795881515.123456",
        "until": "1795881520.500000",
        "filters": {"container": "abc", "event": ["die", "oom"]},
        "decode": True,
    }
    assert "(out of memory)" in complaint(FakeContainer(again, ends=[end(0, "oom"), end(137)]))
    for ends in ([], failure(500)):
        assert "(exit code unknown)" in complaint(FakeContainer(again, ends=ends)), ends


def test_a_container_the_daemon_calls_unhealthy_fails_with_the_last_check(daemon: FakeDaemon) -> None:
    probes = [{"Output": "first"}, {"Output": "HTTP 503\n"}]
    state = {"Status": "running", "Health": {"Status": "unhealthy", "Log": probes}}
    message = complaint(FakeContainer(state))
    assert message.startswith("container ears: unhealthy (last check: HTTP 503); its last lines:")
    assert message.endswith("\n    (it printed nothing)")
    # The daemon checks once in an interval; it has recovered since.
    wait(FakeContainer(state, checks=(None, 0)))


def test_a_container_that_never_becomes_healthy_fails_at_its_deadline(daemon: FakeDaemon) -> None:
    message = complaint(FakeContainer(RUNNING, logs=b"still loading"), deadline_s=5)
    assert message.startswith("container ears: not healthy after 5 s (last check: no check has answered)")
    assert 5 < daemon.now < 6


def test_a_container_healthy_at_its_very_deadline_is_healthy(daemon: FakeDaemon) -> None:
    container = FakeContainer(*[RUNNING] * 5, HEALTHY)
    wait(container, deadline_s=0.45)
    assert daemon.now == pytest.approx(0.5)


def test_a_failure_shows_no_more_than_the_last_lines(daemon: FakeDaemon) -> None:
    logs = b"\n".join(b"line %d" % number for number in range(1000)) + b"\xff"
    lines = complaint(FakeContainer({"Status": "exited", "ExitCode": 1}, logs=logs)).splitlines()[1:]
    assert len(lines) == 15
    assert lines[-1].startswith("    line 999")


def test_a_cancelled_update_is_not_waited_for(daemon: FakeDaemon) -> None:
    message = complaint(FakeContainer(RUNNING), interrupted=lambda: daemon.now > 1)
    assert message == "container ears: was not healthy yet when the update was cancelled"
    assert daemon.now < 2


def test_a_deployed_container_may_have_restarted_before(daemon: FakeDaemon) -> None:
    wait(FakeContainer({**HEALTHY, "Restarts": 9}), restarts=None)
    assert daemon.now == 0


def test_a_deployed_container_between_two_ends_is_not_healthy(daemon: FakeDaemon) -> None:
    """In a crash loop it runs for a second at a time, and may pass its check meanwhile."""
    loop = [{**RUNNING, "Restarts": 3}] * 30 + [{**RESTARTING, "Restarts": 4}]
    assert "stopped by itself (exit code 2)" in complaint(FakeContainer(*loop, checks=(0,)), restarts=None)
    assert daemon.now < 5
    # One that comes back to stay is.
    waiting = [{**RESTARTING, "Restarts": 3}] * 5
    wait(FakeContainer(*waiting, {**RUNNING, "Restarts": 3}, checks=(0,)), restarts=None)
    assert 10 < daemon.now < 20
    daemon.now = 0
    message = complaint(FakeContainer({**RESTARTING, "Restarts": 30}), deadline_s=20, restarts=None)
    assert message.startswith("container ears: keeps restarting (exit code 2); its last lines:")


def test_a_deployed_container_that_does_not_run_is_reported_with_its_fix(daemon: FakeDaemon) -> None:
    for state, said in (
        ({"Status": "paused"}, "is paused; run `docker unpause ears`"),
        ({"Status": "created"}, "was created, but never started; `pulumi up --refresh` starts it"),
        (NotFound("gone"), "no longer exists; `pulumi up --refresh` creates it"),
    ):
        assert complaint(FakeContainer(state), restarts=None) == f"container ears: {said}", state
    stopped = complaint(FakeContainer({"Status": "exited", "ExitCode": 137}), restarts=None)
    assert stopped.startswith(
        "container ears: is not running (exit code 137); if it was stopped by hand, `pulumi up --refresh` starts it; "
    )
    assert daemon.now == 0


def test_a_container_proven_healthy_is_not_checked_again_unless_it_ended(daemon: FakeDaemon) -> None:
    container = FakeContainer(RUNNING)
    wait(container, proven=True)
    assert container.checked == []
    again = FakeContainer({**RUNNING, "Restarts": 1}, ends=[end(4)])
    assert "stopped by itself (exit code 4)" in complaint(again, proven=True)


DONE: State = {"Status": "exited", "ExitCode": 0}


def test_what_runs_once_is_healthy_by_exit_code_0_and_by_nothing_else(daemon: FakeDaemon) -> None:
    for deployed in (0, None):
        container = FakeContainer(RUNNING, HEALTHY, RESTARTING, DONE)
        wait(container, once=True, restarts=deployed)
        assert (container.looks, container.checked) == (4, [])
    problem = complaint(FakeContainer(RUNNING, STOPPED, logs=b"no table"), once=True)
    assert problem == "container ears: failed (exit code 3); its last lines:\n    no table"
    later = complaint(FakeContainer(STOPPED), once=True, restarts=None)
    assert later.startswith("container ears: failed (exit code 3); `docker start ears` runs it again; its last")
    killed = complaint(FakeContainer({**DONE, "OOMKilled": True, "ExitCode": 137}), once=True)
    assert killed.startswith("container ears: failed (out of memory)")
    never = complaint(FakeContainer({"Status": "created"}), once=True, restarts=None)
    assert "never started" in never


def test_what_runs_once_fails_at_its_time_limit(daemon: FakeDaemon) -> None:
    assert complaint(FakeContainer(RUNNING), 30, once=True).startswith(
        "container ears: has not ended after 30 s, its time_limit; its last lines"
    )

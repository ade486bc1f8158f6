"""`fleet verify` and `fleet doctor` as they are called: exit codes, and what goes where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli.diagnostics import connection
from cli.doctor import read_daemon
from cli.verify import gather
from tests.unit.builders import swap, write_project
from tests.unit.cli.running import Answer, fleet
from tests.unit.cli.trial_machine import machine

COMMANDS = ("verify", "doctor")
SOCKET = "unix:///var/run/docker.sock"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The shipped stacks and groups, and a program."""
    write_project(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    return tmp_path


@pytest.fixture
def _any_daemon(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def connected(_: object) -> Iterator[None]:
        yield

    monkeypatch.setattr(connection, "connected", connected)


def finding(facts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the daemon's answers stand for these facts."""
    monkeypatch.setattr(gather, "gather", lambda *_: facts)
    monkeypatch.setattr(read_daemon, "read_machine", lambda *_: facts)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_stack_is_bad_input(command: str, project: Path) -> None:
    answer = fleet(project, command, "nowhere")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith('unknown stack "nowhere"; use one of ')


@pytest.mark.parametrize("command", COMMANDS)
def test_a_daemon_that_cannot_be_reached_is_reported_in_one_line(command: str, tmp_path: Path) -> None:
    project = write_project(tmp_path, local=swap(SOCKET, "unix:///nowhere/docker.sock"))
    (project / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    answer = fleet(project, command, "local")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        "unix:///nowhere/docker.sock: no Docker daemon answers (no such file or directory); "
        "start it with `sudo systemctl start docker`, or correct machine.connection in Pulumi.local.yaml\n"
    )


@pytest.mark.usefixtures("_any_daemon")
def test_what_is_wrong_ends_verify_with_4(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.unit.cli.trial_machine import live

    finding(live(containers={}), monkeypatch)
    answer = fleet(project, "verify", "local", COLUMNS="100")
    assert (answer.code, answer.err) == (4, "")
    assert "0 of 3 containers on unix:///var/run/docker.sock" in answer.out
    assert "not deployed: none of its 3 containers exists" in answer.out


@pytest.mark.usefixtures("_any_daemon")
def test_doctor_gives_json(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finding(machine(), monkeypatch)
    printed = printed_json(fleet(project, "doctor", "local", "--json"))
    assert printed["stack"] == "local"
    assert printed["summary"]["wrong"] == 0


@pytest.mark.usefixtures("_any_daemon")
def test_a_warning_does_not_end_doctor_with_4_and_a_fault_does(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = machine()
    finding(replace(facts, daemon=replace(facts.daemon, live_restore=False)), monkeypatch)
    answer = fleet(project, "doctor", "local")
    assert (answer.code, "! warning" in answer.out) == (0, True)
    finding(replace(facts, daemon=replace(facts.daemon, memory_limit=False)), monkeypatch)
    answer = fleet(project, "doctor", "local")
    assert (answer.code, "✗ wrong" in answer.out) == (4, True)


def printed_json(answer: Answer) -> dict[str, Any]:
    """The object a command printed and nothing else."""
    assert answer.err == ""
    printed: dict[str, Any] = json.loads(answer.out)
    return printed

"""The state of a stack in a folder, as the engine leaves it there."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.doctor.facts import LockFacts, StateFacts
from cli.doctor.read_state import read_state
from tests.unit.cli.trial_machine import alpha

_PENDING = {"resource": {"urn": "urn:pulumi:alpha::fleet::docker:index/network:Network::alpha-net"}, "type": "creating"}
_RESOURCES = [{"urn": "a", "id": "id-hub"}, {"urn": "b"}, {"urn": "c", "id": "id-net"}]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backend that the caller has chosen; the project beside it is called `fleet`."""
    (tmp_path / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}/state")
    return tmp_path


def write(folder: Path, latest: Any) -> None:
    file = folder / "state/.pulumi/stacks/fleet/alpha.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(latest if isinstance(latest, str) else json.dumps({"version": 3, "checkpoint": {"latest": latest}}))


def lock(folder: Path, pid: int, host: str) -> LockFacts | None:
    file = folder / "state/.pulumi/locks/organization/fleet/alpha/1.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    about = {"pid": pid, "username": "owner", "hostname": host, "timestamp": "2026-11-28T16:00:00Z"}
    file.write_text(json.dumps(about))
    found = read_state(folder, alpha())
    assert found
    return found.lock


def test_pending_operations_and_ids_are_read(folder: Path) -> None:
    write(folder, {"resources": _RESOURCES, "pending_operations": [_PENDING]})
    expected = StateFacts(f"file://{folder}/state", None, ("creating alpha-net",), frozenset({"id-hub", "id-net"}))
    assert read_state(folder, alpha()) == expected


def test_a_stack_that_was_never_deployed_has_nothing(folder: Path) -> None:
    empty = StateFacts(f"file://{folder}/state", None, (), frozenset())
    assert read_state(folder, alpha()) == empty
    write(folder, None)
    assert read_state(folder, alpha()) == empty


def test_a_file_that_was_cut_off_is_replaced_by_the_version_before(folder: Path) -> None:
    file = folder / "state/.pulumi/stacks/fleet/alpha.json"
    for broken in ("", "{", "[]", '{"checkpoint": 3}'):
        write(folder, broken)
        Path(f"{file}.bak").unlink(missing_ok=True)
        assert _repair(folder) == f"rm {file}", broken
        Path(f"{file}.bak").write_text('{"checkpoint": {}}')
        assert _repair(folder) == f"cp {file}.bak {file}", broken
    write(folder, {})
    assert _repair(folder) == ""
    for attributes, repair in (("", f"rm {file}.attrs"), ("{}", "")):
        Path(f"{file}.attrs").write_text(attributes)
        assert _repair(folder) == repair, attributes


def _repair(folder: Path) -> str:
    found = read_state(folder, alpha())
    assert found
    return found.repair


def test_a_backend_that_is_no_folder_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://bucket")
    assert read_state(folder, alpha()) is None


def test_a_lock_tells_whether_its_process_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = socket.gethostname()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    # Another program has the process id of an update that has ended.
    assert lock(folder, os.getpid(), here) == LockFacts(
        f"owner@{here}", "2026-11-28T16:00:00Z", os.getpid(), alive=False
    )
    monkeypatch.setattr("cli.doctor.read_state._PROGRAM", Path("/proc/self/comm").read_text(encoding="utf-8").strip())
    for pid, host, alive in ((os.getpid(), here, True), (ended.pid, here, False), (ended.pid, "elsewhere", None)):
        expected = LockFacts(f"owner@{host}", "2026-11-28T16:00:00Z", pid, alive)
        assert lock(folder, pid, host) == expected, (host, alive)
    (folder / "state/.pulumi/locks/organization/fleet/alpha/1.json").write_text("")
    cut_off = read_state(folder, alpha())
    assert cut_off
    assert cut_off.lock == LockFacts("an unknown process", "an unknown time", 0, alive=False)

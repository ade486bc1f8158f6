"""What an interrupted update left: its lock, unfinished creations, and what the state lacks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli.doctor.facts import LockFacts, StateFacts
from cli.verify.facts import NetworkFacts
from tests.unit.cli.trial_machine import DOCKER, alpha, examined, machine, neighbour, reported

NETWORK = "alpha_internal"
UNKNOWN = "exists, but the state does not have it: the next update would fail at its name"
LOCK = LockFacts("owner@desk", "2026-11-28T16:00:00Z", 4711, alive=False)
HELD = "held by owner@desk (pid 4711) since 2026-11-28T16:00:00Z"


@pytest.fixture(autouse=True)
def _backend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The caller has chosen a backend, so that commands name none."""
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///state")
    (tmp_path / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    monkeypatch.chdir(tmp_path)


def found(subject: str, check: str, state: StateFacts, **changes: Any) -> tuple[str, str, str]:
    return reported(examined(machine(state=state, **changes)), subject, check)


def known(*ids: str, lock: LockFacts | None = None, pending: tuple[str, ...] = ()) -> StateFacts:
    return StateFacts("file:///state", lock, pending, frozenset(ids))


def left(**changes: Any) -> dict[str, Any]:
    """A deployed network and our containers, as changes of a machine."""
    containers = tuple(replace(neighbour(one), id=f"id-{one.name}") for one in alpha().containers)
    networks = {NETWORK: NetworkFacts("bridge", ("10.210.91.0/24",), id="id-net")}
    return {"containers": containers, "networks": networks, **changes}


def test_a_state_elsewhere_is_not_judged() -> None:
    assert not [check for check in examined(machine()) if check.subject == "state"]


def test_a_deployed_stack_has_everything_in_its_state() -> None:
    ids = ("id-net", *(f"id-{one.name}" for one in alpha().containers))
    assert found("state", "lock", known(*ids), **left()) == ("good", "none in file:///state", "")
    assert found("state", "pending operations", known(*ids), **left()) == ("good", "none", "")
    assert found("state", "resources", known(*ids), **left())[0] == "good"


def test_a_lock_is_stale_once_its_process_has_ended() -> None:
    cancel = "pulumi cancel --yes alpha"
    for alive, expected in (
        (False, ("wrong", f"{HELD}, which has ended", cancel)),
        (None, ("wrong", f"{HELD}, on another machine; if nothing runs there", cancel)),
        (True, ("warning", f"{HELD}: an update is running", "wait for it, or end it by ^C")),
    ):
        assert found("state", "lock", known(lock=replace(LOCK, alive=alive))) == expected, alive


def test_unfinished_creations_are_dropped_by_a_refresh() -> None:
    assert found("state", "pending operations", known(pending=("creating alpha-network-bridge",))) == (
        "wrong",
        "an interrupted update left creating alpha-network-bridge",
        "pulumi refresh --yes --clear-pending-creates --stack alpha",
    )


def test_nothing_else_is_judged_until_a_damaged_file_is_whole() -> None:
    state = replace(known(), repair="cp a.bak a")
    figure = "an interrupted update left one unfinished: Pulumi cannot read it"
    assert found("state", "files", state, **left()) == ("wrong", figure, "cp a.bak a")
    assert not [check for check in examined(machine(state=state, **left())) if check.check in ("state", "resources")]


def test_what_exists_without_the_state_is_removed() -> None:
    assert found("hub", "state", known("id-net"), **left()) == ("wrong", UNKNOWN, f"{DOCKER} rm -f hub")
    ids = tuple(f"id-{one.name}" for one in alpha().containers)
    expected = ("wrong", UNKNOWN, f"{DOCKER} network rm {NETWORK}")
    assert found(NETWORK, "state", known(*ids), **left()) == expected


def test_what_is_not_ours_is_left_alone() -> None:
    """Docker Compose's and a stranger's containers have a check of their own."""
    composed = tuple(neighbour(one, **{"com.docker.compose.project": "fleet"}) for one in alpha().containers)
    networks = {NETWORK: NetworkFacts("bridge", ("10.210.91.0/24",), id="id-net", composed=True)}
    stranger = (replace(neighbour(alpha().containers[0]), labels={"fleet.group": "other"}),)
    for containers in (composed, stranger):
        state = found("state", "resources", known(), containers=containers, networks=networks)
        assert state[0] == "good", containers

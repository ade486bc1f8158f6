"""Which failed checks stop an update for certain, so that `fleet up` refuses it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cli.diagnostics.check import Check
from cli.doctor.facts import LockFacts, NeighbourFacts, PathFacts, StateFacts
from cli.verify.facts import NetworkFacts
from fleet.plan.deployment import Deployment
from tests.unit.cli.trial_machine import alpha, daemon, examined, host, machine, neighbour, on, with_container

KNOWN = StateFacts("file:///state", None, (), frozenset({"ours"}))
PORT = frozenset({("192.168.9.10", 8100, "tcp")})
SUBNET = ("10.210.91.0/24",)


@pytest.fixture(autouse=True)
def _project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    monkeypatch.chdir(tmp_path)


def without(path: str) -> dict[str, Any]:
    """The machine without a path."""
    return {"host": host(paths={**host().paths, path: None})}


def stopping(deployment: Deployment | None = None, **changes: Any) -> list[tuple[str, str]]:
    """Subject and check of what stops an update."""
    checks: list[Check] = [check for check in examined(machine(**changes), deployment) if check.stops]
    assert all(check.status != "good" for check in checks)
    return [(check.subject, check.check) for check in checks]


def test_a_machine_where_all_is_well_stops_nothing() -> None:
    assert stopping() == []
    assert stopping(state=KNOWN) == []


def test_what_is_certain_to_fail_stops_an_update() -> None:
    lock = LockFacts("me", "today", 1, alive=False)
    composed = {"com.docker.compose.project": "theirs"}
    cases: dict[str, tuple[tuple[str, str], dict[str, Any]]] = {
        "secret": (("/srv/fleet/secrets/camera-key", "secret"), without("/srv/fleet/secrets/camera-key")),
        "folder": (("/srv/hub", "bind folder"), without("/srv/hub")),
        "device": (("/dev/video0", "device"), without("/dev/video0")),
        "address": (("192.168.9.10", "LAN address"), {"host": host(own_address=False)}),
        "program": (("192.168.9.10:8100", "port"), {"host": host(taken_ports=PORT)}),
        "port": (("192.168.9.10:8100", "port"), {"containers": (NeighbourFacts("web", {}, PORT),)}),
        "name": (("hub", "name"), {"containers": (NeighbourFacts("hub", {}, frozenset()),)}),
        "composed": (
            ("containers", "names"),
            {"containers": (neighbour(alpha().containers[0], **composed),)},
        ),
        "subnet": (("alpha_internal", "subnet"), {"networks": {"theirs": NetworkFacts("bridge", SUBNET)}}),
        "CPU limits": (("daemon", "CPU limits"), {"daemon": daemon(cpu_limit=False)}),
        "lock": (("state", "lock"), {"state": replace(KNOWN, lock=lock)}),
        "running": (("state", "lock"), {"state": replace(KNOWN, lock=replace(lock, alive=True))}),
        "elsewhere": (("state", "lock"), {"state": replace(KNOWN, lock=replace(lock, alive=None))}),
        "pending": (("state", "pending operations"), {"state": replace(KNOWN, pending=("creating x",))}),
        "files": (("state", "files"), {"state": replace(KNOWN, repair="cp a b")}),
        "orphan": (
            ("gpu-sharing-gpu0", "state"),
            {"state": KNOWN, "containers": (neighbour(alpha().containers[0]),)},
        ),
    }
    for name, (expected, changes) in cases.items():
        assert stopping(**changes) == [expected], name
    large = with_container("hub", cpu_cap_millicores=4001)
    assert stopping(large, daemon=daemon(cpus=3)) == [("machine", "CPUs")]
    assert stopping(on({"docker_api": "1.44"}), daemon=daemon(api_version="1.43")) == [("daemon", "API")]
    unbuilt = with_container("hub", image="fleet.local/hub:1")
    assert stopping(unbuilt) == [("fleet.local/hub:1", "image")]


def test_what_may_pass_does_not_stop_an_update() -> None:
    kept = PathFacts(is_folder=False, uid=0, gid=0, mode=0o400)
    cases: dict[str, dict[str, Any]] = {
        "limits": {"daemon": daemon(memory_limit=False, swap_limit=False, forwarding=False)},
        "memory": {"daemon": daemon(memory_mib=1)},
        # An access control list may allow it.
        "owner": {"host": host(paths={**host().paths, "/srv/fleet/secrets/camera-key": kept})},
        # An update may remove the network or the container first, or rename it.
        "own network": {"state": KNOWN, "networks": {"old": NetworkFacts("bridge", SUBNET, id="ours")}},
        "own container": {"state": KNOWN, "containers": (NeighbourFacts("old", {}, PORT, id="ours"),)},
        # The daemon itself listens on it.
        "own port": {"host": host(taken_ports=PORT), "containers": tuple(map(neighbour, alpha().containers))},
        "toolkit": {"daemon": daemon(runtimes=frozenset({"runc"}))},
        "driver": {"host": host(nvidia_driver="")},
        "remote": {"host": None},
    }
    for name, changes in cases.items():
        assert stopping(**changes) == [], name


def test_nothing_else_is_known_while_an_update_runs() -> None:
    running = replace(KNOWN, lock=LockFacts("me", "today", 1, alive=True), pending=("creating x",))
    about = [check.check for check in examined(machine(state=running)) if check.subject == "state"]
    assert about == ["lock"]

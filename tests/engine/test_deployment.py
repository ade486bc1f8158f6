"""A small stack on a real daemon: deployed, previewed again, changed field by field, destroyed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import docker
import pytest

from tests.engine.conftest import machine
from tests.engine.workspace import POLICY_PACK, Workspace, a_group
from tests.unit.builders import LATER

pytestmark = pytest.mark.engine

NAMES = ("first", "second", "second-helper")


@pytest.mark.parametrize("options", [(), ("--refresh",)], ids=["without refresh", "with refresh"])
def test_the_second_preview_is_empty(trial: Workspace, options: tuple[str, ...]) -> None:
    outcome = trial.preview("--expect-no-changes", *options)
    assert outcome.code == 0, outcome.text


def test_the_running_containers_are_hardened(trial: Workspace, host: docker.DockerClient) -> None:
    for name in NAMES:
        attributes = host.containers.get(name).attrs
        settings = attributes["HostConfig"]
        assert attributes["Config"]["User"] == "10001:10001"
        assert settings["ReadonlyRootfs"] is True
        assert settings["CapDrop"] == ["ALL"]
        assert settings["SecurityOpt"] == ["no-new-privileges:true"]
        assert settings["Memory"] == settings["MemorySwap"] == 128 * 1024**2
        assert settings["NanoCpus"] == 500_000_000
        assert settings["Init"] is True
        assert settings["Privileged"] is False
        assert settings["LogConfig"]["Config"] == {"max-size": "10m", "max-file": "3"}
        assert not settings["PortBindings"]
        assert list(attributes["NetworkSettings"]["Networks"]) == ["trial_internal"]


def test_a_later_wave_starts_after_the_earlier_one_is_up(trial: Workspace, host: docker.DockerClient) -> None:
    created = {name: host.containers.get(name).attrs["Created"] for name in NAMES}
    started = host.containers.get("first").attrs["State"]["StartedAt"]
    assert started < created["second"]
    assert started < created["second-helper"]


def _main(edit: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    return lambda group: edit(group["containers"]["main"])


_GIVEN_BACK = {
    "capabilities": ["CAP_NET_BIND_SERVICE"],
    "exceptions": {"capabilities": {"reason": "answers on a port below 1024", "until": LATER}},
}

OWN_COMMAND = "the image's own command"
"""The change that follows "command", and undoes it."""

CHANGES: dict[str, tuple[Callable[[dict[str, Any]], None], Callable[[dict[str, Any]], Any], Any]] = {
    "memory limit": (
        _main(lambda c: c["memory"].update(limit="192MiB")),
        lambda a: a["HostConfig"]["Memory"],
        192 * 1024**2,
    ),
    "cpu limit": (_main(lambda c: c["cpu"].update(limit="750m")), lambda a: a["HostConfig"]["NanoCpus"], 750_000_000),
    "whole cpus": (
        _main(lambda c: c["cpu"].update(limit=2)),
        lambda a: a["HostConfig"]["NanoCpus"],
        2_000_000_000,
    ),
    "cpu request": (_main(lambda c: c["cpu"].update(request="200m")), lambda a: a["HostConfig"]["CpuShares"], 204),
    "environment": (_main(lambda c: c.update(env={"MOOD": "calm"})), lambda a: "MOOD=calm" in a["Config"]["Env"], True),
    "writable folder": (
        _main(lambda c: c.update(hardening={"tmpfs": {"/tmp": "32MiB"}})),
        lambda a: "size=32m" in a["HostConfig"]["Tmpfs"]["/tmp"],
        True,
    ),
    "health interval": (
        _main(lambda c: c["health"].update(interval="4s")),
        lambda a: a["Config"]["Healthcheck"]["Interval"],
        4_000_000_000,
    ),
    "shared memory": (
        _main(lambda c: c.update(shared_memory="96MiB")),
        lambda a: a["HostConfig"]["ShmSize"],
        96 * 1024**2,
    ),
    "restart policy": (
        _main(lambda c: c.update(restart="on-failure", restarts_max=3)),
        lambda a: a["HostConfig"]["RestartPolicy"],
        {"Name": "on-failure", "MaximumRetryCount": 3},
    ),
    "health retries": (
        _main(lambda c: c["health"].update(retries=4)),
        lambda a: a["Config"]["Healthcheck"]["Retries"],
        4,
    ),
    "command": (
        _main(lambda c: c.update(command=["python3", "-X", "utf8", "-m", "agent_host"])),
        lambda a: a["Config"]["Cmd"],
        ["python3", "-X", "utf8", "-m", "agent_host"],
    ),
    OWN_COMMAND: (
        _main(lambda c: c.pop("command")),
        lambda a: a["Config"]["Cmd"],
        ["python3", "-m", "agent_host"],
    ),
    "agents": (
        _main(lambda c: c["agents"].update(NewAgent={})),
        lambda a: any(item.startswith("FLEET_AGENTS=") and "NewAgent" in item for item in a["Config"]["Env"]),
        True,
    ),
    "mount": (
        _main(lambda c: c["mounts"]["first-data"].update(path="/content")),
        lambda a: [mount["Destination"] for mount in a["Mounts"]],
        ["/content"],
    ),
    "capability": (
        _main(lambda c: c.update(hardening={**c.get("hardening", {}), **_GIVEN_BACK})),
        lambda a: a["HostConfig"]["CapAdd"],
        ["CAP_NET_BIND_SERVICE"],
    ),
    "stop grace": (_main(lambda c: c.update(stop_grace="7s")), lambda a: a["Config"]["StopTimeout"], 7),
    "user": (
        _main(lambda c: c.setdefault("hardening", {}).update(run_as="10002:10002")),
        lambda a: a["Config"]["User"],
        "10002:10002",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_reaches_the_container_and_then_nothing_is_left_to_change(
    trial: Workspace, host: docker.DockerClient, change: str
) -> None:
    edit, read, expected = CHANGES[change]
    assert read(host.containers.get("first").attrs) != expected
    trial.edit_group("first", edit)
    outcome = trial.up()
    assert outcome.code == 0, outcome.text
    assert read(host.containers.get("first").attrs) == expected
    second = trial.preview("--expect-no-changes", "--refresh")
    assert second.code == 0, second.text


def test_a_neighbour_is_left_alone_by_a_change(trial: Workspace, host: docker.DockerClient) -> None:
    before = {name: host.containers.get(name).id for name in NAMES}
    trial.edit_group("second", _main(lambda c: c.update(env={"MOOD": "brisk"})))
    outcome = trial.up()
    assert outcome.code == 0, outcome.text
    after = {name: host.containers.get(name).id for name in NAMES}
    assert after["second"] != before["second"]
    assert (after["first"], after["second-helper"]) == (before["first"], before["second-helper"])


def test_a_mandatory_violation_stops_the_preview(trial: Workspace, host: docker.DockerClient) -> None:
    trial.write_group("third", a_group(image={"reference": "docker.io/library/agents:latest"}, agents={"Third": {}}))
    trial.write_stack(machine(host), ["first", "second", "third"])
    outcome = trial.preview("--policy-pack", str(POLICY_PACK))
    (trial.folder / "groups/trial/third.yaml").unlink()
    trial.write_stack(machine(host), ["first", "second"])
    assert outcome.code != 0
    assert "D01" in outcome.text
    assert "third" in outcome.text
    assert "latest" in outcome.text


def test_a_container_that_exits_is_named_with_its_last_lines_at_once(
    trial: Workspace, host: docker.DockerClient
) -> None:
    code = "print('cannot find my model'); raise SystemExit(3)"
    trial.write_group("broken", a_group(command=["python3", "-c", code], agents={"Broken": {}}, restart="no"))
    trial.write_stack(machine(host), ["first", "second", "broken"])
    healthy = {name: host.containers.get(name).id for name in NAMES}
    started = time.monotonic()
    outcome = trial.up()
    took = time.monotonic() - started
    untouched = {name: host.containers.get(name).id for name in NAMES}
    (trial.folder / "groups/trial/broken.yaml").unlink()
    trial.write_stack(machine(host), ["first", "second"])
    cleaned = trial.up()
    assert outcome.code != 0
    assert "container broken: stopped by itself (exit code 3)" in outcome.text
    assert "cannot find my model" in outcome.text
    # Its deadline would be 85 s: the exit itself ends the wait.
    assert took < 30
    assert untouched == healthy
    assert cleaned.code == 0, cleaned.text


def test_destroy_leaves_the_data_and_a_new_deployment_finds_it(trial: Workspace, host: docker.DockerClient) -> None:
    wrote = host.containers.get("first").exec_run(["sh", "-c", "echo kept > /content/note"])
    assert wrote.exit_code == 0
    outcome = trial.destroy()
    assert outcome.code == 0, outcome.text
    assert not host.containers.list(all=True, filters={"label": "fleet.group=first"})
    assert host.volumes.get("trial-first-data")
    again = trial.up()
    assert again.code == 0, again.text
    read = host.containers.get("first").exec_run(["cat", "/content/note"])
    assert read.output == b"kept\n"

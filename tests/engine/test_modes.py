"""Groups that take turns, on a real daemon: what goes, what comes, what stays."""

from __future__ import annotations

import docker
import pytest

from tests.engine.conftest import machine
from tests.engine.workspace import Workspace, a_group

pytestmark = pytest.mark.engine

NAMES = ("first", "second", "second-helper")


def test_a_switch_of_modes_swaps_groups_and_keeps_the_data_of_the_one_that_goes(
    trial: Workspace, host: docker.DockerClient
) -> None:
    trial.edit_group("second", lambda group: group.update(start_after=[], peers=[]))
    turns = {"modes": {"one": ["first"], "two": ["second"]}}
    wrote = host.containers.get("first").exec_run(["sh", "-c", "echo kept > /data/note"])
    assert wrote.exit_code == 0

    trial.write_stack(machine(host), ["first", "second"], mode="two", **turns)
    outcome = trial.up()
    assert outcome.code == 0, outcome.text
    assert _running(host) == {"second", "second-helper"}
    assert host.volumes.get("trial-first-data")

    trial.write_stack(machine(host), ["first", "second"], mode="one", **turns)
    outcome = trial.up()
    assert outcome.code == 0, outcome.text
    assert _running(host) == {"first"}
    assert host.containers.get("first").exec_run(["cat", "/data/note"]).output == b"kept\n"
    assert trial.preview("--expect-no-changes").code == 0


def test_groups_of_different_modes_share_a_port_and_a_name(trial: Workspace, host: docker.DockerClient) -> None:
    port = {"main": {"port": 8000, "publish": "localhost", "host_port": 38933}}
    helper = a_group(agents={"OtherAgent": {}})
    trial.write_group("second-helper", {**helper, "ports": port})
    trial.edit_group("second", lambda group: group.update(start_after=[], peers=[], ports=port))
    groups = ["first", "second", "second-helper"]
    turns = {"modes": {"one": ["second-helper"], "two": ["second"]}}
    for mode, expected in (
        ("one", {"second-helper": "second-helper"}),
        ("two", {"second": "second", "second-helper": "second"}),
        ("one", {"second-helper": "second-helper"}),
    ):
        trial.write_stack(machine(host), groups, mode=mode, **turns)
        outcome = trial.up()
        assert outcome.code == 0, outcome.text
        found = {
            c.name: c.labels["fleet.group"]
            for c in host.containers.list(all=True)
            if c.labels.get("fleet.group") in groups
        }
        assert found == {"first": "first", **expected}, mode
        assert trial.preview("--expect-no-changes").code == 0, mode


def _running(host: docker.DockerClient) -> set[str]:
    return {name for name in NAMES if host.containers.list(filters={"name": f"^{name}$"})}

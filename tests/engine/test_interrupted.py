"""An update that is killed: `fleet doctor` finds what it left, and its commands lead to a green `up`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.engine.conftest import machine
from tests.engine.killed import kill_at
from tests.engine.workspace import Workspace, a_group

pytestmark = pytest.mark.engine

_FLEET = Path(sys.executable).parent / "fleet"
STARTS_SLOWLY = ["sh", "-c", "sleep 8; exec python3 -m agent_host"]


@pytest.fixture
def workspace(host: docker.DockerClient, tmp_path: Path) -> Iterator[Workspace]:
    """A stack that nobody deployed yet."""
    made = Workspace(tmp_path, "killed")
    made.write_group("slow", a_group(agents={"Slow": {}}, command=STARTS_SLOWLY))
    made.init()
    network = {"name": "killed_internal", "subnet": "10.210.239.0/24"}
    made.write_stack({**machine(host), "name": "killed", "network": network}, ["slow"])
    try:
        yield made
        outcome = made.destroy()
        assert outcome.code == 0, outcome.text
    finally:
        _remove(host)


def _remove(host: docker.DockerClient) -> None:
    """Removes what a failed test left."""
    for container in host.containers.list(all=True, filters={"name": "^/slow$"}):
        container.remove(force=True)
    for network in host.networks.list(names=["killed_internal"]):
        network.remove()


def checks(workspace: Workspace) -> dict[tuple[str, str], dict[str, Any]]:
    """What `fleet doctor` finds wrong about the state: subject and check -> the whole check."""
    environment = {**os.environ, "PULUMI_BACKEND_URL": f"file://{workspace.folder / 'state'}"}
    command = [str(_FLEET), "doctor", workspace.stack, "--json"]
    done = subprocess.run(
        command, cwd=workspace.folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)["checks"]
    about_state = [check for check in found if check["subject"] == "state" or check["check"] == "state"]
    assert about_state, done.stdout
    return {(check["subject"], check["check"]): check for check in about_state if check["status"] != "good"}


@pytest.mark.parametrize("word", ["killed-network-bridge creating", "killed-slow-main creating"])
def test_what_doctor_prints_leads_to_a_green_update(workspace: Workspace, word: str) -> None:
    kill_at(workspace, word)
    assert workspace.up().code != 0
    found = checks(workspace)
    assert ("state", "lock") in found
    # At a random moment, the state may be cut off too: then it has to be whole before anything else is known.
    for _ in range(5):
        if not found:
            break
        # Literally, one after the other, as its order is that of the guide.
        for check in found.values():
            done = workspace.shell(check["mend"])
            assert done.code == 0, f"{check['mend']}: {done.text}"
        found = checks(workspace)
    assert not found
    outcome = workspace.up()
    assert outcome.code == 0, outcome.text
    assert checks(workspace) == {}
    assert workspace.preview("--expect-no-changes", "--refresh").code == 0

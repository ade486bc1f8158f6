"""`fleet verify` on two machines that need each other: peers across them, and the ports opened for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docker.conftest import DeployedFleet
from tests.docker.project import STACKS

pytestmark = pytest.mark.docker

_FLEET = Path(sys.executable).parent / "fleet"


@pytest.mark.parametrize("stack", STACKS)
def test_every_peer_is_reached_on_both_machines(fleet: DeployedFleet, stack: str) -> None:
    done = subprocess.run(
        [str(_FLEET), "verify", stack, "--without-gpu", "--json"],
        cwd=fleet.project.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    checks = json.loads(done.stdout)["checks"]
    assert [check for check in checks if check["status"] != "good"] == []
    assert done.returncode == 0
    address = fleet.stacks[stack].machine.address
    crossing = [check["figure"] for check in checks if check["check"].startswith("peer ") and "://" in check["figure"]]
    other = next(name for name in STACKS if name != stack)
    assert any(f"//{other}-" in figure for figure in crossing)
    opened = [check["figure"] for check in checks if check["check"] == "ports"]
    assert any(figure.startswith(f"{address}:") for figure in opened)
    assert not any("0.0.0.0" in figure for figure in opened)  # noqa: S104  (what must not be)

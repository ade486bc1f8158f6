"""What the pipeline's jobs do, with the real engine: deploy a stack, find no drift, find it, deploy over it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from tests.engine.conftest import machine
from tests.engine.workspace import ROOT, Workspace, a_group

pytestmark = pytest.mark.engine


GIVEN = {"PULUMI_CONFIG_PASSPHRASE": "of this test", "FLEET_RUNNER": "here"}
"""What an owner with a runner of their own configures, in addition to the backend."""


@pytest.fixture
def workspace(host: docker.DockerClient, tmp_path: Path) -> Iterator[Workspace]:
    """A stack that nobody deployed yet."""
    made = Workspace(tmp_path / "project", "trial", GIVEN)
    made.write_group("first", a_group())
    made.write_stack(machine(host), ["first"])
    # The pack finds its environment next to its folder.
    for name in ("policy", ".venv"):
        (made.folder / name).symlink_to(ROOT / name)
    yield made
    made.destroy()


def job(workspace: Workspace, action: str, report: Path) -> subprocess.CompletedProcess[str]:
    """One job of a workflow."""
    command = [sys.executable, "-m", "tools.ci.stack", action, workspace.stack, "--report", str(report)]
    backend = {"PYTHONPATH": str(ROOT), "PULUMI_BACKEND_URL": f"file://{workspace.folder / 'state'}"}
    environment = {**os.environ, **backend, **GIVEN}
    return subprocess.run(
        command, cwd=workspace.folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def test_a_stack_is_deployed_compared_and_found_changed(
    workspace: Workspace, host: docker.DockerClient, tmp_path: Path
) -> None:
    steps = [job(workspace, action, tmp_path / f"{action}.md") for action in ("drift", "up", "preview", "drift")]
    assert [step.returncode for step in steps] == [0, 0, 0, 0], "\n".join(step.stdout + step.stderr for step in steps)
    assert "nothing to compare" in steps[0].stdout
    assert "## trial: preview passes" in (tmp_path / "preview.md").read_text()
    assert (tmp_path / "drift.md").read_text() == ""
    host.containers.get("first").remove(force=True)
    found = job(workspace, "drift", tmp_path / "drift.md")
    assert found.returncode == 4, found.stdout + found.stderr
    assert "first" in (tmp_path / "drift.md").read_text()
    # What an owner does next: deploys over it. Without a refresh Pulumi would hold the container for there.
    repaired = [job(workspace, action, tmp_path / "again.md") for action in ("up", "drift")]
    assert [step.returncode for step in repaired] == [0, 0], "\n".join(step.stdout + step.stderr for step in repaired)
    assert host.containers.get("first").status == "running"

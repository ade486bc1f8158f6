"""A build that fails shows why, as it runs and at the end, and leaves nothing on the daemon."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import docker
import pytest

from tests import daemon
from tests.engine.conftest import machine
from tests.engine.workspace import POLICY_PACK, ROOT, Workspace, a_group

pytestmark = pytest.mark.engine

NAME = "failed-build"
BASE = f"{NAME}-base:1"
FLEET = Path(sys.executable).parent / "fleet"
STEP = "for i in 1 2 3 4 5 6; do echo at step $i of {now}; sleep 1; done; echo the last words >&2; ls /nowhere"
"""Takes 6 s. The time keeps the daemon from taking an earlier build's layers."""


@pytest.fixture
def failing(host: docker.DockerClient, tmp_path: Path) -> Iterator[Workspace]:
    """A stack whose only image fails in its second step."""
    workspace = Workspace(tmp_path, NAME)
    folder = workspace.folder / "images" / NAME
    folder.mkdir(parents=True)
    step = STEP.format(now=datetime.now(UTC).timestamp())
    (folder / "Dockerfile").write_text(f"ARG BASE={BASE}\nFROM ${{BASE}}\nRUN true\nRUN {step}\n")
    group = a_group(build={"context": f"images/{NAME}"}, health={"command": ["true"]})
    for key in ("image", "agents"):
        del group["containers"]["main"][key]
    workspace.write_group(NAME, group)
    workspace.init()
    network = {"name": "failed_build_internal", "subnet": "10.210.243.0/24"}
    workspace.write_stack({**machine(host), "name": NAME, "network": network}, [NAME])
    for path in (POLICY_PACK, ROOT / ".venv"):
        (workspace.folder / path.name).symlink_to(path)
    host.images.get(daemon.AGENT_HOST).tag(BASE)
    try:
        yield workspace
    finally:
        workspace.destroy()
        host.images.remove(BASE)


def _steps_left(host: docker.DockerClient) -> list[str]:
    """Containers in which the failing step ran, as a classic build makes them."""
    return [container["Id"] for container in host.api.containers(all=True) if "/nowhere" in container["Command"]]


def test_a_running_build_shows_its_output_line_by_line(failing: Workspace) -> None:
    lines = list(failing.up_line_by_line())
    steps = {number: f"at step {number} of" for number in (1, 5)}
    first = {
        number: next(when for when, line in lines if text in line and "RUN" not in line)
        for number, text in steps.items()
    }
    assert (first[5] - first[1]).total_seconds() > 2


def test_fleet_up_ends_with_the_failed_step_and_leaves_no_container(
    failing: Workspace, host: docker.DockerClient
) -> None:
    outcome = failing.shell(f"{FLEET} up {NAME}")
    assert outcome.code == 1, outcome.text
    last = outcome.text[outcome.text.rindex(f"image {NAME}-images-{NAME}: build failed: ") :]
    assert "exit code: 2; its last lines:" in last.splitlines()[0]
    for shown in ("    the last words", "    ls: cannot access '/nowhere': No such file or directory"):
        assert shown in last.splitlines(), last
    assert _steps_left(host) == []
    assert not [image for image in host.images.list() if any(f"/{NAME}:" in tag for tag in image.tags)]

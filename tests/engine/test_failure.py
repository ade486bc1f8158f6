"""A deployment that fails reports within two seconds which container ended, why, and its last output."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import docker
import pytest

from tests.engine.conftest import machine
from tests.engine.sshd import WAYS, reached_by
from tests.engine.workspace import Workspace, a_group

pytestmark = pytest.mark.engine

SOON = timedelta(seconds=2)
LAST_WORDS = ("looking for my model", "it is not there")
ENDS = ["python3", "-c", f"print({LAST_WORDS[0]!r}); print({LAST_WORDS[1]!r}); raise SystemExit(3)"]
STARTS_SLOWLY = ["sh", "-c", "sleep 8; exec python3 -m agent_host"]


@pytest.fixture(params=WAYS)
def failing(request: pytest.FixtureRequest, host: docker.DockerClient, tmp_path: Path) -> Iterator[Workspace]:
    """A stack whose one container ends at once while another has long to start; nothing is deployed yet."""
    with reached_by(request.param) as (connection, environment):
        workspace = Workspace(tmp_path, "failing", environment)
        network = {"name": "failing_internal", "subnet": "10.210.252.0/24"}
        described = {**machine(host), "name": "failing", "connection": connection, "network": network}
        workspace.write_group("ends", a_group(agents={"Ends": {}}, command=ENDS, restart="no"))
        workspace.write_group("starts-slowly", a_group(agents={"Slow": {}}, command=STARTS_SLOWLY))
        workspace.init()
        workspace.write_stack(described, ["ends", "starts-slowly"])
        yield workspace
        outcome = workspace.destroy()
        assert outcome.code == 0, outcome.text


def test_a_failure_is_reported_while_others_still_start(failing: Workspace, host: docker.DockerClient) -> None:
    printed = list(failing.up_line_by_line())
    text = "".join(line for _, line in printed)
    ended = _ended(host, "ends")
    for said in ("container ends: stopped by itself (exit code 3)", *LAST_WORDS):
        reported = next((when for when, line in printed if said in line), None)
        assert reported, f"{said}: not in\n{text}"
        assert reported - ended < SOON, f"{said}: reported {reported - ended} after the end\n{text}"
    assert printed[-1][0] - ended > 2 * SOON, "the other container did not take long to start: nothing is shown"


def test_what_is_mended_comes_up_and_then_nothing_is_left_to_change(failing: Workspace) -> None:
    failing.write_group("ends", a_group(agents={"Ends": {}}))
    outcome = failing.up()
    assert outcome.code == 0, outcome.text
    for options in ((), ("--refresh",)):
        second = failing.preview("--expect-no-changes", *options)
        assert second.code == 0, second.text


def _ended(host: docker.DockerClient, name: str) -> datetime:
    # The daemon gives nanoseconds, which are more digits than a datetime reads.
    text = str(host.containers.get(name).attrs["State"]["FinishedAt"])
    return datetime.strptime(text[:26].rstrip("Z"), "%Y-%m-%dT%H:%M:%S.%f").replace(tzinfo=UTC)

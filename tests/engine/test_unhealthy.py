"""An `up` succeeds only when everything is healthy, each time it runs, and says why not in one message."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from tests.engine.conftest import machine
from tests.engine.sshd import WAYS, reached_by
from tests.engine.workspace import POLICY_PACK, Outcome, Workspace, a_group

pytestmark = pytest.mark.engine

LAST_WORDS = ("looking for my model", "it is not there")
ENDS = ["python3", "-c", f"print({LAST_WORDS[0]!r}); print({LAST_WORDS[1]!r}); raise SystemExit(3)"]
STARTS_SLOWLY = ["sh", "-c", "sleep 8; exec python3 -m agent_host"]
ENDED = "container ends: stopped by itself (exit code 3); its last lines:"


@pytest.fixture(params=WAYS)
def workspace(request: pytest.FixtureRequest, host: docker.DockerClient, tmp_path: Path) -> Iterator[Workspace]:
    """A stack of its own; nothing is deployed yet."""
    with reached_by(request.param) as (connection, environment):
        made = Workspace(tmp_path, "unhealthy", environment)
        network = {"name": "unhealthy_internal", "subnet": "10.210.241.0/24"}
        described = {**machine(host), "name": "unhealthy", "connection": connection, "network": network}
        made.write_group("ends", a_group(agents={"Ends": {}}))
        made.write_group("stays", a_group(agents={"Stays": {}}))
        made.write_group("after", {**a_group(agents={"After": {}}), "start_after": ["ends"]})
        made.init()
        made.write_stack(described, ["ends", "stays", "after"])
        yield made
        outcome = made.destroy()
        assert outcome.code == 0, outcome.text


def diagnostics(outcome: Outcome) -> list[str]:
    """What Pulumi lists as diagnostics, without its own summary and empty lines."""
    listed = outcome.text.partition("\nDiagnostics:\n")[2].partition("\nResources:\n")[0].partition("\nOutputs:\n")[0]
    return [line.strip() for line in listed.splitlines() if line.strip() and "error: update failed" not in line]


def test_every_retry_fails_while_a_container_crash_loops(workspace: Workspace) -> None:
    workspace.write_group("ends", a_group(agents={"Ends": {}}, command=ENDS))
    workspace.write_group("stays", a_group(agents={"Stays": {}}, command=STARTS_SLOWLY))
    first = workspace.up()
    assert first.code != 0
    assert "Traceback" not in first.text, first.text
    shown = [line for line in diagnostics(first) if not line.startswith(("pulumi:", "docker:"))]
    assert shown[0] == f'error: after hook "unhealthy-healthy" failed: {ENDED}', first.text
    # It may have restarted before the failure was noticed.
    assert set(shown[1:]) == set(LAST_WORDS), first.text
    assert "unhealthy-stays-main created" in first.text, "the other container was cut off"
    for options in ((), ("--refresh",)):
        again = workspace.up(*options)
        assert again.code != 0, again.text
        assert "Traceback" not in again.text
        stack, error, *logs = diagnostics(again)
        assert (stack, error) == ("pulumi:pulumi:Stack (fleet-unhealthy):", f"error: {ENDED}"), again.text
        assert set(logs) == set(LAST_WORDS)
    workspace.write_group("ends", a_group(agents={"Ends": {}}))
    mended = workspace.up()
    assert mended.code == 0, mended.text


def _stopped(found: docker.models.containers.Container) -> None:
    found.stop(timeout=1)


def _removed(found: docker.models.containers.Container) -> None:
    found.remove(force=True)


BROKEN_BY_HAND: dict[str, tuple[Callable[[docker.models.containers.Container], None], str, bool]] = {
    "stopped": (_stopped, "container ends: is not running (exit code ", True),
    "removed": (_removed, "container ends: no longer exists; `pulumi up --refresh` creates it", True),
    "paused": (lambda found: found.pause(), "container ends: is paused; run `docker unpause ends`", False),
}


def test_what_was_broken_by_hand_fails_an_unchanged_stack_until_it_is_mended(
    workspace: Workspace, host: docker.DockerClient
) -> None:
    assert workspace.up().code == 0
    for way, (break_it, said, refresh_mends) in BROKEN_BY_HAND.items():
        break_it(host.containers.get("ends"))
        outcome = workspace.up()
        assert outcome.code != 0, f"{way}: {outcome.text}"
        assert f"error: {said}" in outcome.text, f"{way}: {outcome.text}"
        assert len([line for line in diagnostics(outcome) if "error:" in line]) == 1, outcome.text
        if not refresh_mends:
            host.containers.get("ends").unpause()
        mended = workspace.up("--refresh")
        assert mended.code == 0, f"{way}: {mended.text}"


def test_a_container_that_recovered_is_healthy(workspace: Workspace, host: docker.DockerClient) -> None:
    assert workspace.up().code == 0
    found = host.containers.get("ends")
    os.kill(found.attrs["State"]["Pid"], signal.SIGKILL)
    limit = time.monotonic() + 30
    while found.attrs["RestartCount"] == 0 and time.monotonic() < limit:
        time.sleep(0.1)
        found.reload()
    outcome = workspace.up()
    assert outcome.code == 0, outcome.text


@pytest.mark.parametrize("when", ["created", "creating"])
def test_an_interrupt_ends_the_update_at_once(workspace: Workspace, host: docker.DockerClient, when: str) -> None:
    workspace.write_group("ends", a_group(agents={"Ends": {}}, command=STARTS_SLOWLY))
    with workspace.start_up() as process:
        assert process.stdout
        if when == "creating":
            shown = next(line for line in process.stdout if "unhealthy-ends-main creating" in line)
        else:
            shown, limit = "", time.monotonic() + 60
            while not host.containers.list(filters={"name": "ends"}) and time.monotonic() < limit:
                time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        interrupted = time.monotonic()
        text = shown + process.communicate(timeout=60)[0]
    assert time.monotonic() - interrupted < 4, text
    assert process.returncode != 0
    for noise in ("Traceback", "rpc error"):
        assert noise not in text, text
    assert workspace.up().code == 0


def test_a_violation_is_all_that_is_reported(host: docker.DockerClient, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, "violating")
    workspace.write_group(
        "loose", a_group(agents={"Loose": {}}, image={"reference": "docker.io/library/python:latest"})
    )
    workspace.write_group("after", {**a_group(agents={"After": {}}), "start_after": ["loose"]})
    workspace.init()
    network = {"name": "violating_internal", "subnet": "10.210.242.0/24"}
    workspace.write_stack({**machine(host), "name": "violating", "network": network}, ["loose", "after"])
    outcome = workspace.pulumi("up", "--yes", "--stack", "violating", "--policy-pack", str(POLICY_PACK))
    assert outcome.code != 0
    assert "[mandatory] [severity: high]  D01-no-latest" in outcome.text
    assert "Traceback" not in outcome.text, outcome.text
    assert diagnostics(outcome) == ["pulumi:pulumi:Stack (fleet-violating):", "error: preview failed"], outcome.text

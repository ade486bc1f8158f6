"""The stacks the project ships, previewed by the real engine with the real policy pack; their hosts are not reached."""

from __future__ import annotations

import json

import pytest

from tests.engine.workspace import POLICY_PACK, Workspace

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(("stack", "containers"), [("mainpc", 10), ("pc2", 4)])
def test_a_preview_creates_every_container_and_violates_no_policy(
    shipped: Workspace, stack: str, containers: int
) -> None:
    shipped.stack = stack
    shipped.init()
    outcome = shipped.preview("--policy-pack", str(POLICY_PACK))
    assert outcome.code == 0, outcome.text
    assert outcome.text.count("docker:index:Container") >= containers
    assert "[mandatory]" not in outcome.text
    assert "bug" not in outcome.text


def test_no_resource_uses_a_default_provider(shipped: Workspace) -> None:
    shipped.init()
    outcome = shipped.preview("--json")
    assert outcome.code == 0, outcome.text
    steps = json.loads(outcome.text[outcome.text.index("{") :])["steps"]
    states = [step["newState"] for step in steps]
    providers = {state["provider"] for state in states if state["type"].startswith("docker:")}
    assert len(providers) == 1
    assert "mainpc-daemon" in providers.pop()
    assert not any("default" in state["urn"] for state in states if state["type"].startswith("pulumi:providers:"))


def test_a_fault_of_the_files_ends_the_preview_with_its_message_and_no_traceback(shipped: Workspace) -> None:
    shipped.init()
    file = shipped.folder / "groups/assistant/vision-gpu.yaml"
    file.write_text(file.read_text().replace("request: 1536MiB", "request: 5GiB"))
    outcome = shipped.preview()
    assert outcome.code != 0
    assert "groups/assistant/" in outcome.text
    assert "do not fit on gpu0 of mainpc" in outcome.text
    assert "Traceback" not in outcome.text

"""The verdicts of `fleet diff` on a cluster, with their reasons, against the engine's previews of what runs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cli.diff.compare import compare_stack
from cli.diff.model import Kind
from cli.diff.reading import Reading, read_tree
from tests.engine.cluster_changes import CHANGES, REFUSED, a_fleet
from tests.engine.test_cluster import ailing, change, client, workspace  # noqa: F401  (fixtures)
from tests.engine.workspace import ROOT, Outcome, Workspace

pytestmark = pytest.mark.engine

_KINDS = {"create": Kind.ADDED, "update": Kind.CHANGED, "replace": Kind.REPLACED, "delete": Kind.REMOVED}
Verdicts = dict[tuple[str, str], tuple[Kind, frozenset[str]]]
"""(type, logical name) -> what happens to it, and the fields that force a replacement."""


@pytest.fixture(scope="module")
def deployed(workspace: Workspace) -> Reading:  # noqa: F811
    """The plan of what runs."""
    change(workspace, **a_fleet())
    outcome = workspace.up()
    assert outcome.code == 0, outcome.text
    return _plan(workspace)


def _plan(workspace: Workspace) -> Reading:  # noqa: F811
    reading = read_tree(workspace.folder, [workspace.stack], ROOT)[workspace.stack]
    assert reading.plan, reading.complaint
    return reading


def _reported(before: Reading, after: Reading, stack: str) -> Verdicts:
    changes = compare_stack(stack, before, after).resources
    return {(found.type, found.name): (found.kind, frozenset(found.why)) for found in changes}


def _previewed(outcome: Outcome) -> Verdicts:
    found: Verdicts = {}
    for step in json.loads(outcome.text[outcome.text.index("{") :])["steps"]:
        types, name = step["urn"].split("::")[2:]
        type_ = types.rpartition("$")[2]
        if step["op"] not in _KINDS or type_.startswith(("fleet:", "pulumi:pulumi:")):
            continue
        detailed: dict[str, Any] = step.get("detailedDiff") or {}
        forced = frozenset(path for path, how in detailed.items() if how["kind"].endswith("replace"))
        found[type_, name] = (_KINDS[step["op"]], forced or frozenset(step.get("replaceReasons") or ()))
    return found


def _faults(outcome: Outcome) -> str:
    reported = json.loads(outcome.text[outcome.text.index("{") :])["diagnostics"]
    return " ".join(item["message"] for item in reported if item["severity"] == "error")


@pytest.mark.parametrize("name", CHANGES)
def test_the_verdict_on_a_change_of_a_cluster_is_the_engine_s(
    workspace: Workspace,  # noqa: F811
    deployed: Reading,
    name: str,
) -> None:
    change(workspace, **a_fleet(CHANGES[name]))
    ours = _reported(deployed, _plan(workspace), workspace.stack)
    assert ours
    outcome = workspace.preview("--json")
    assert outcome.code == 0, _faults(outcome)
    assert ours == _previewed(outcome)


@pytest.mark.parametrize("name", REFUSED)
def test_the_engine_refuses_what_would_lose_a_protected_claim(
    workspace: Workspace,  # noqa: F811
    deployed: Reading,
    name: str,
) -> None:
    change(workspace, **a_fleet(REFUSED[name]))
    changes = compare_stack(workspace.stack, deployed, _plan(workspace)).resources
    (claim,) = (found for found in changes if "is protected" in found.warning)
    outcome = workspace.preview("--json")
    assert outcome.code != 0
    assert f"::{claim.name}" in _faults(outcome)
    # The engine stops before it has reported everything.
    kinds = {(found.type, found.name): found.kind for found in changes}
    engines = {key: kind for key, (kind, _) in _previewed(outcome).items()}
    assert engines.items() <= kinds.items()


def test_a_strategy_that_no_longer_rolls_is_deployed_and_leaves_nothing_to_change(
    workspace: Workspace,  # noqa: F811
    deployed: Reading,
) -> None:
    change(workspace, **a_fleet({"groups": {"brain": {"rollout": {"strategy": "recreate"}}}}))
    outcome = workspace.up()
    assert outcome.code == 0, outcome.text
    assert workspace.preview("--expect-no-changes", "--refresh").code == 0

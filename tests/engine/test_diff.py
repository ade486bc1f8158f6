"""The verdicts of `fleet diff`, update or replace, against the engine's own previews."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import docker
import pytest

from cli.diff.compare import compare_stack
from cli.diff.model import Kind
from cli.diff.reading import Reading, read_tree
from components.docker.changes import REPLACE_ON, replacing
from tests.engine.conftest import machine
from tests.engine.test_deployment import CHANGES
from tests.engine.workspace import ROOT, Workspace

pytestmark = pytest.mark.engine

_KINDS = {"update": Kind.CHANGED, "replace": Kind.REPLACED}


@pytest.fixture(scope="module")
def deployed(trial: Workspace) -> Reading:
    """The plan of what runs."""
    return _plan(trial)


def _plan(trial: Workspace) -> Reading:
    return read_tree(trial.folder, [trial.stack], ROOT)[trial.stack]


def _previewed(trial: Workspace) -> dict[str, Kind]:
    """Logical name -> what the engine would do, of the containers it would change."""
    outcome = trial.preview("--json")
    assert outcome.code == 0, outcome.text
    steps: list[dict[str, Any]] = json.loads(outcome.text[outcome.text.index("{") :])["steps"]
    names = {step["urn"].rpartition("::")[2]: step["op"] for step in steps if ":Container::" in step["urn"]}
    return {name: _KINDS[op] for name, op in names.items() if op in _KINDS}


@pytest.mark.parametrize("change", CHANGES)
def test_the_verdict_on_a_change_is_the_engine_s(trial: Workspace, deployed: Reading, change: str) -> None:
    edit, _, _ = CHANGES[change]
    file = trial.folder / "groups/trial/first.yaml"
    before = file.read_text()
    trial.edit_group("first", edit)
    try:
        diff = compare_stack(trial.stack, deployed, _plan(trial))
        previewed = _previewed(trial)
    finally:
        file.write_text(before)
    told = {found.name: found.kind for found in diff.resources}
    assert told == previewed
    assert len(told) == 1


def test_a_network_that_is_replaced_takes_its_containers_along(
    trial: Workspace, deployed: Reading, host: docker.DockerClient
) -> None:
    file = trial.folder / f"Pulumi.{trial.stack}.yaml"
    before = file.read_text()
    elsewhere = {"name": "trial_internal", "subnet": "10.210.252.0/24"}
    trial.write_stack({**machine(host), "network": elsewhere}, ["first", "second"])
    try:
        diff = compare_stack(trial.stack, deployed, _plan(trial))
        previewed = _previewed(trial)
    finally:
        file.write_text(before)
    told = {found.name: found.kind for found in diff.resources if found.type.endswith(":Container")}
    assert told == previewed
    assert set(told.values()) == {Kind.REPLACED}


def test_the_table_is_the_provider_s_own_but_for_what_we_add(engine: None) -> None:
    done = subprocess.run(["pulumi", "package", "get-schema", "docker"], capture_output=True, text=True, check=True)
    resources = json.loads(done.stdout)["resources"]
    for kind in ("container:Container", "network:Network", "image:Image"):
        type_ = f"docker:index/{kind}"
        fields = resources[type_]["inputProperties"]
        forced = {name for name, field in fields.items() if field.get("willReplaceOnChanges")}
        added = set(REPLACE_ON) if kind.startswith("container") else set()
        assert set(replacing(type_, fields)) == forced | added

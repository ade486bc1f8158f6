"""The verdicts of `fleet diff`, update or replace, against the engine's own previews."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import docker
import pytest

from cli.diff.compare import compare_stack
from cli.diff.model import Kind
from cli.diff.reading import Reading, read_tree
from components.docker.changes import REPLACE_ON, replacing
from tests.engine.conftest import machine
from tests.engine.test_deployment import CHANGES, OWN_COMMAND
from tests.engine.workspace import ROOT, Workspace

pytestmark = pytest.mark.engine

_KINDS = {"create": Kind.ADDED, "update": Kind.CHANGED, "replace": Kind.REPLACED, "delete": Kind.REMOVED}
Edit = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def deployed(trial: Workspace) -> Reading:
    """The plan of what runs."""
    return _plan(trial)


def _plan(trial: Workspace) -> Reading:
    return read_tree(trial.folder, [trial.stack], ROOT)[trial.stack]


def _previewed(trial: Workspace, code: int = 0) -> dict[str, Kind]:
    """Logical name -> what the engine would do, of what a provider makes."""
    outcome = trial.preview("--json")
    assert outcome.code == code, outcome.text
    steps: list[dict[str, Any]] = json.loads(outcome.text[outcome.text.index("{") :])["steps"]
    made = {step["urn"].rpartition("::")[2]: step["op"] for step in steps if "docker:index" in step["urn"]}
    return {name: _KINDS[op] for name, op in made.items() if op in _KINDS}


def _reported_as_previewed(trial: Workspace, deployed: Reading, before: Mapping[Path, str]) -> dict[str, Kind]:
    """The difference's verdict on each resource, which is the engine's; the changed files are what they were again."""
    try:
        diff = compare_stack(trial.stack, deployed, _plan(trial))
        previewed = _previewed(trial)
    finally:
        for file, text in before.items():
            file.write_text(text)
    reported = {found.name: found.kind for found in diff.resources}
    assert reported == previewed
    return reported


@pytest.mark.parametrize("change", [name for name in CHANGES if name != OWN_COMMAND])
def test_the_verdict_on_a_change_is_the_engine_s(trial: Workspace, deployed: Reading, change: str) -> None:
    edit, _, _ = CHANGES[change]
    file = trial.folder / "groups/trial/first.yaml"
    before = {file: file.read_text()}
    trial.edit_group("first", edit)
    reported = _reported_as_previewed(trial, deployed, before)
    assert len(reported) == 1


def test_the_verdict_on_a_command_that_is_removed_is_the_engine_s(trial: Workspace) -> None:
    """It needs a deployed command, which is removed again at the end."""
    file = trial.folder / "groups/trial/first.yaml"
    original = file.read_text()
    trial.edit_group("first", CHANGES["command"][0])
    try:
        assert trial.up().code == 0
        with_command = _plan(trial)
        before = {file: file.read_text()}
        trial.edit_group("first", CHANGES[OWN_COMMAND][0])
        reported = _reported_as_previewed(trial, with_command, before)
        assert reported == {"trial-first-main": Kind.REPLACED}
    finally:
        file.write_text(original)
        assert trial.up().code == 0


def test_a_network_that_is_replaced_takes_its_containers_along(
    trial: Workspace, deployed: Reading, host: docker.DockerClient
) -> None:
    file = trial.folder / f"Pulumi.{trial.stack}.yaml"
    before = {file: file.read_text()}
    elsewhere = {"name": "trial_internal", "subnet": "10.210.252.0/24"}
    trial.write_stack({**machine(host), "network": elsewhere}, ["first", "second"])
    reported = _reported_as_previewed(trial, deployed, before)
    assert set(reported.values()) == {Kind.REPLACED}
    assert set(reported) >= {"trial-network-bridge", "trial-first-main", "trial-second-helper"}


def test_a_tenant_s_network_is_added_and_its_containers_move_there(
    trial: Workspace, deployed: Reading, host: docker.DockerClient
) -> None:
    files = [trial.folder / f"Pulumi.{trial.stack}.yaml", *trial.folder.glob("groups/trial/*.yaml")]
    before = {file: file.read_text() for file in files}
    tenants = {"red": {"subnet": "10.210.252.0/24"}}
    trial.write_stack({**machine(host), "tenants": tenants}, ["first", "second"])
    for group in ("first", "second"):
        trial.edit_group(group, lambda found: found.update(tenant="red"))
    reported = _reported_as_previewed(trial, deployed, before)
    assert {Kind.ADDED, Kind.REPLACED} <= set(reported.values())


def _a_volume_more(group: dict[str, Any]) -> None:
    group["volumes"]["more"] = {"kind": "scratch"}
    group["containers"]["main"]["mounts"]["more"] = {"path": "/scratch"}


def _no_volume(group: dict[str, Any]) -> None:
    del group["volumes"], group["containers"]["main"]["mounts"]


AROUND: dict[str, Edit] = {
    "a volume more": _a_volume_more,
    "data that is scratch from now on": lambda group: group["volumes"]["first-data"].update(kind="scratch"),
    "another port": lambda group: group.update(ports={"main": {"port": 8100}}),
}
PROTECTED: dict[str, Edit] = {
    "many writers": lambda group: group["volumes"]["first-data"].update(writers="many"),
    "a volume less": _no_volume,
}


@pytest.fixture
def file(trial: Workspace) -> Iterator[Path]:
    """The file of the first group, as it was afterwards."""
    found = trial.folder / "groups/trial/first.yaml"
    before = found.read_text()
    yield found
    found.write_text(before)


@pytest.mark.usefixtures("file")
@pytest.mark.parametrize("change", AROUND)
def test_the_verdict_on_what_is_around_a_container_is_the_engine_s(
    trial: Workspace, deployed: Reading, change: str
) -> None:
    trial.edit_group("first", AROUND[change])
    diff = compare_stack(trial.stack, deployed, _plan(trial))
    assert {found.name: found.kind for found in diff.resources} == _previewed(trial)


@pytest.mark.usefixtures("file")
@pytest.mark.parametrize("change", PROTECTED)
def test_the_engine_refuses_what_would_lose_a_protected_volume(
    trial: Workspace, deployed: Reading, change: str
) -> None:
    trial.edit_group("first", PROTECTED[change])
    changes = compare_stack(trial.stack, deployed, _plan(trial)).resources
    (volume,) = (found for found in changes if "is protected" in found.warning)
    kinds = {found.name: found.kind for found in changes}
    # The engine stops before it has reported everything.
    assert _previewed(trial, code=1).items() <= kinds.items()
    assert volume.name == "trial-volume-first-data-volume"


def test_the_table_is_the_provider_s_own_but_for_what_we_add(engine: None) -> None:
    done = subprocess.run(["pulumi", "package", "get-schema", "docker"], capture_output=True, text=True, check=True)
    resources = json.loads(done.stdout)["resources"]
    for kind in ("container:Container", "network:Network", "image:Image"):
        type_ = f"docker:index/{kind}"
        fields = resources[type_]["inputProperties"]
        forced = {name for name, field in fields.items() if field.get("willReplaceOnChanges")}
        added = set(REPLACE_ON) if kind.startswith("container") else set()
        assert set(replacing(type_, fields)) == forced | added

"""The documents are true: their YAML is loaded and planned, their policies are run, their faults are reported."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fleet.load.project import load_project
from fleet.plan.planner import plan_stack
from fleet.source.faults import ConfigurationError
from tests.unit.docs.guide import follow, loaded, write
from tests.unit.docs.markdown import ROOT, Piece, blocks, documents, name_of

WRITTEN = date(2026, 11, 21)
"""The day the documents speak of: end dates in them are meant to be ahead."""

WITH_YAML = [document for document in documents() if blocks(document, "yaml")]


@pytest.fixture(autouse=True)
def _the_day_they_were_written(monkeypatch: pytest.MonkeyPatch) -> None:
    class Calendar(date):
        @classmethod
        def today(cls) -> Calendar:
            return cls(WRITTEN.year, WRITTEN.month, WRITTEN.day)

    for module in ("hardening", "waivers"):
        monkeypatch.setattr(f"fleet.checks.{module}.date", Calendar)


@pytest.mark.parametrize("document", WITH_YAML, ids=name_of)
def test_the_yaml_of_a_document_is_loaded_and_planned(document: Path, tmp_path: Path) -> None:
    fleet = loaded(document, tmp_path).fleet
    shipped = {file.stem for file in ROOT.glob("groups/*/*.yaml")}
    planned = {group.name for stack in fleet.stacks for group in plan_stack(fleet, stack).groups}
    assert planned >= set(fleet.groups) - shipped


@pytest.mark.parametrize("first", ["containers:", "# my-group.yaml", "# Pulumi.yaml", "# ../Pulumi.pc3.yaml", ""])
def test_a_block_that_names_no_file_gets_the_convention(first: str, tmp_path: Path) -> None:
    block = Piece(ROOT / "README.md", 7, f"{first}\n", "yaml")
    with pytest.raises(AssertionError, match=r"README.md:7: this YAML block .* begin it with a comment"):
        write(block, tmp_path)


DOOR = "groups/assistant/door-camera.yaml"
ADD_A_GROUP = "docs/add-a-group.md"
ADD_A_MACHINE = "docs/add-a-machine.md"
MOVE = "docs/from-two-pcs-to-a-cluster.md"
REASONING = "groups/assistant/memory-reasoning-gpu.yaml"
ROLLOUTS = "docs/rollouts.md"
AGENTDB = "groups/agentic-flow/agentdb.yaml"
_EXCEPTION = (
    "      exceptions:\n"
    "        read_only_root: {reason: Writes an index next to its program; fixed in 1.3, until: 2027-03-31}\n"
)

MISTAKES = {
    "no machine": (ADD_A_GROUP, "Pulumi.pc2.yaml", "    - door-camera\n", ""),
    "key": (ADD_A_GROUP, DOOR, "start_after:", "start_afer:"),
    "peer": (ADD_A_GROUP, DOOR, "vision-gpu]", "door-bell]"),
    "peer without a port": (ADD_A_GROUP, DOOR, "vision-gpu]", "reasoning-gpu]"),
    "port": (ADD_A_GROUP, DOOR, "host_port: 8120", "host_port: 9100"),
    "variant": (ADD_A_GROUP, DOOR, "variant: cuda", "variant: cpu"),
    "agent": (ADD_A_GROUP, DOOR, "DoorWatcher:", "TutorAgent:"),
    "memory limit": (ADD_A_GROUP, DOOR, "limit: 3GiB", "limit: 1GiB"),
    "memory without unit": (ADD_A_GROUP, DOOR, "{request: 512MiB}", "{request: 512}"),
    "GPU request": (ADD_A_GROUP, DOOR, "gpu: {request: 1GiB", "gpu: {request: 2GiB"),
    "GPU limit": (ADD_A_GROUP, DOOR, "limit: 2GiB, enf", "limit: 16GiB, enf"),
    "enforcement": (ADD_A_GROUP, DOOR, "enforcement: framework", "enforcement: mps"),
    "platform": (ADD_A_GROUP, DOOR, "platforms: [amd64]", "platforms: [arm64]"),
    "device": (ADD_A_GROUP, DOOR, "    env:", "    devices: [/dev/video0]\n    env:"),
    "secret value": (ADD_A_GROUP, DOOR, 'CLIP_SECONDS: "20"', 'CAMERA_PASSWORD: "x1y2"'),
    "second writer": (ADD_A_GROUP, DOOR, "door-frames: {path: /scratch}", "door-clips: {path: /data}"),
    "no exception": (ADD_A_GROUP, DOOR, _EXCEPTION, ""),
    "ended exception": (ADD_A_GROUP, DOOR, "until: 2027-03-31", "until: 2026-03-31"),
    "subnet": (ADD_A_MACHINE, "Pulumi.pc3.yaml", "10.210.3.0/24", "10.210.2.0/24"),
    "a peer that publishes nothing": (MOVE, REASONING, "ports:\n  main: {port: 8000, host_port: 8110}\n", ""),
    "storage for several pods": (MOVE, "Pulumi.cluster.yaml", "      shared_storage_class: nfs\n", ""),
    "card of a cluster": (MOVE, "groups/crank/gpu-classifier.yaml", "limit: 4GiB, enf", "limit: 40GiB, enf"),
    "two copies of one writer": (ROLLOUTS, AGENTDB, "rollout:", "scaling: {max: 2}\nrollout:"),
    "two versions of one writer": (ROLLOUTS, AGENTDB, "recreate}", "canary, steps: [{percent: 100}]}"),
    "a share without a gateway": (ROLLOUTS, "Pulumi.cluster.yaml", "kind: gateway", "kind: ingress"),
    "host": (ADD_A_MACHINE, "Pulumi.pc3.yaml", "ssh://owner@192.168.1.30", "ssh://owner@192.168.1.20"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_fault_reads_as_in_its_guide(mistake: str, tmp_path: Path) -> None:
    guide, file, right, wrong = MISTAKES[mistake]
    path = follow(ROOT / guide, tmp_path) / file
    text = path.read_text(encoding="utf-8")
    assert text.count(right) == 1, f"{right!r} stands {text.count(right)} times in {file} of {guide}"
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    assert_shown(tmp_path, guide)


def test_a_secret_in_a_file_of_variables_is_refused_as_the_guide_shows(tmp_path: Path) -> None:
    guide = "docs/secrets-and-settings.md"
    group = follow(ROOT / guide, tmp_path) / "groups/assistant/model-gateway.yaml"
    variables = "    env_file: [settings/model-gateway.env]\n"
    group.write_text(group.read_text(encoding="utf-8").replace("    secrets:\n", f"{variables}    secrets:\n", 1))
    (tmp_path / "settings").mkdir(exist_ok=True)
    (tmp_path / "settings/model-gateway.env").write_text("LOG_LEVEL=info\nOPENAI_API_KEY=k1e2y3\n")
    assert_shown(tmp_path, guide)


def test_a_moved_group_asks_for_what_the_guide_says(tmp_path: Path) -> None:
    path = follow(ROOT / ADD_A_MACHINE, tmp_path) / "Pulumi.pc3.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("groups: []", "groups: [tutor-suite-cpu]"))
    old = tmp_path / "Pulumi.pc2.yaml"
    old.write_text(old.read_text(encoding="utf-8").replace("    - tutor-suite-cpu\n", ""))
    assert_shown(tmp_path, ADD_A_MACHINE)


def assert_shown(folder: Path, guide: str, which: str = "") -> None:
    """The faults of a project, or those that hold some words, are in a guide as they are printed."""
    with pytest.raises(ConfigurationError) as caught:
        load_project(folder)
    shown = "\n".join(block.text for block in blocks(ROOT / guide, "text")).splitlines()
    faults = [fault for fault in caught.value.faults if which in "\n".join(fault.lines())]
    assert faults
    for line in (line for fault in faults for line in fault.lines()):
        assert line in shown, f"{guide} does not show this fault as it is printed now; write it there:\n{line}"

"""What the guide shows of Cloud Run is what comes out: its plan, its costs, its faults, each step of a rotation."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

from components.cloudrun.render import render
from fleet.cloudrun_limits import limits
from fleet.load.project import load_project
from fleet.model.cloud import SIZES
from fleet.plan.planner import plan_stack
from tests.unit.cli.running import fleet
from tests.unit.docs.guide import follow
from tests.unit.docs.markdown import ROOT, blocks, tables
from tests.unit.docs.test_clusters import assert_pictured
from tests.unit.docs.test_examples import WRITTEN

GUIDE = ROOT / "docs/burst-to-the-cloud.md"
CLOUD = "Pulumi.cloud.yaml"
GROUP = "flow-door"
NEW = "us-central1-docker.pkg.dev/my-fleet-project/fleet/agentic-flow:0.1.0-key2"
COLUMN = "cloud.secrets.anthropic-api-key"
STATE = f"{GROUP} under fleet:rollouts"
SHARES = "requests by version of the secret"
STEPS = next(table for table in tables(GUIDE) if SHARES in table[0])
CARD = "{cpu: 4, memory: 16GiB, gpu: nvidia-l4, max_instances: 2, billing: instance}"


def _followed(folder: Path) -> Path:
    follow(GUIDE, folder)
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, folder)
    return folder


def test_the_plan_is_the_one_the_guide_shows(tmp_path: Path) -> None:
    assert_pictured(str(GUIDE.relative_to(ROOT)), fleet(_followed(tmp_path), "plan", "cloud", COLUMNS="120").out)


def test_no_mandatory_policy_refuses_what_the_guide_sets_up(tmp_path: Path) -> None:
    assert fleet(_followed(tmp_path), "plan", "cloud").code == 0


def test_the_costs_are_those_the_guide_shows(tmp_path: Path) -> None:
    _assert_lines(f"\n{GROUP} ", fleet(_followed(tmp_path), "cost", "cloud", COLUMNS="120").out)


def test_a_card_costs_what_the_guide_says(tmp_path: Path) -> None:
    _followed(tmp_path)
    assert f"`{CARD}`" in GUIDE.read_text(encoding="utf-8")
    _change(tmp_path / "Pulumi.cluster.yaml", "    - gpu-classifier\n", "")
    _change(tmp_path / CLOUD, "      services:\n", f"      services:\n        gpu-classifier: {CARD}\n")
    _change(tmp_path / CLOUD, f"    - {GROUP}\n", f"    - {GROUP}\n    - gpu-classifier\n")
    _change(tmp_path / CLOUD, "regions: [us-central1, us-east4]", "regions: [us-east4]")
    _assert_lines("\ngpu-classifier ", fleet(tmp_path, "cost", "cloud", COLUMNS="120").out)


def test_a_move_reads_as_in_the_guide(tmp_path: Path) -> None:
    answer = fleet(_followed(tmp_path), "move", "agentic-flow", "--to", "cloud", COLUMNS="120")
    _assert_lines("agentic-flow: from cluster", answer.out + answer.err)


def test_a_group_leaves_as_the_guide_says(tmp_path: Path) -> None:
    _followed(tmp_path)
    assert "to move it" in fleet(tmp_path, "move", GROUP, "--to", "cluster").out
    assert fleet(tmp_path, "export", "knative", "cloud", "-o", "services").code == 0


def test_the_guide_names_the_figures_of_sizes_and_cards() -> None:
    text = " ".join(GUIDE.read_text(encoding="utf-8").split())
    shapes = SIZES.values()
    cpus = [(shape.cpu_millicores // 1000, shape.memory_mib // 1024) for shape in shapes]
    assert cpus == [(1, 1), (2, 2), (4, 4)]
    assert "`small` 1 CPU and 1 GiB, `medium` 2 and 2, `large` 4 and 4" in text
    assert "the size's {}, {} or {}".format(*(shape.max_instances for shape in shapes)) in text
    card = limits().gpus["nvidia-l4"]
    assert f"at least {card.cpu_min // 1000} CPUs and {card.memory_min // 1024} GiB" in text
    assert f"in {_listed(card.regions)}, and by invitation in {_listed(card.regions_by_invitation)}" in text
    assert f"{limits().startup_max} seconds to start" in text


def test_what_a_first_update_is_aimed_at_is_all_that_services_wait_for(tmp_path: Path) -> None:
    plan = plan_stack(load_project(_followed(tmp_path)).fleet, "cloud")
    resources = {resource.key: resource for resource in render(plan, WRITTEN)}
    service = resources[f"{GROUP}-us-central1"]
    assert service.kind == "cloudrunv2.Service"
    assert {str(resources[key].part) for key in service.needs} == {"platform"}


def _listed(names: tuple[str, ...]) -> str:
    *most, last = (f"`{name}`" for name in names)
    return f"{', '.join(most)} and {last}"


def _assert_lines(which: str, reported: str) -> None:
    """Every line of the block that holds some words is printed, whatever else is on it."""
    (block,) = (b for b in blocks(GUIDE, "text") if which in f"\n{b.text}" and "offline plan, " not in b.text)
    lines = {_spaced(line) for line in reported.splitlines()}
    missing = [line for line in block.text.splitlines() if _spaced(line) not in lines]
    assert not missing, "the guide shows lines that are no longer printed:\n" + "\n".join(missing)


def _spaced(line: str) -> str:
    return re.sub(r"\s+", " ", line).strip()


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
    file.write_text(text.replace(old, new), encoding="utf-8")


@cache
def _service(secret: str, state: str) -> dict[str, Any]:
    """The group's service in the first region, at a step of the table."""
    with TemporaryDirectory() as folder:
        file = follow(GUIDE, Path(folder)) / CLOUD
        stack = yaml.safe_load(file.read_text(encoding="utf-8"))
        stack["config"]["fleet:machine"]["cloud"]["secrets"]["anthropic-api-key"] = yaml.safe_load(secret)
        stack["config"]["fleet:rollouts"] = {GROUP: yaml.safe_load(state.replace("NEW", NEW))}
        file.write_text(yaml.safe_dump(stack), encoding="utf-8")
        plan = plan_stack(load_project(Path(folder)).fleet, "cloud")
    return next(dict(found.args) for found in render(plan, WRITTEN) if found.key == f"{GROUP}-us-central1")


def _version_read(service: dict[str, Any]) -> str:
    (version,) = (v["secret"]["items"][0]["version"] for v in service["template"]["volumes"] if "secret" in v)
    return str(version)


@pytest.mark.parametrize("row", range(len(STEPS)), ids=[step["what for"] for step in STEPS])
def test_a_step_of_a_rotation_divides_requests_as_its_row_says(row: int) -> None:
    services = [_service(step[COLUMN], step[STATE]) for step in STEPS[: row + 1]]
    # A revision that gets requests was made by this step, or by one before.
    made = {service["template"]["revision"]: _version_read(service) for service in services}
    shares = [f"{made[target['revision']]}: {target['percent']}" for target in services[-1]["traffics"]]
    assert ", ".join(shares) == STEPS[row][SHARES]


def test_a_rotation_ends_with_the_revision_that_was_tried() -> None:
    tried, kept = (_service(step[COLUMN], step[STATE]) for step in STEPS[-2:])
    assert kept["template"] == tried["template"]
    forgotten = _service(STEPS[-2][COLUMN], STEPS[-1][STATE])
    assert _version_read(forgotten) == "1"


def test_a_version_raised_for_all_while_two_run_would_lose_the_old_revision() -> None:
    before, trying = _service("{version: 1}", "{}"), _service("{version: 2}", STEPS[1][STATE])
    assert before["template"]["revision"] not in {target["revision"] for target in trying["traffics"]}


def test_the_commands_write_what_the_table_of_steps_shows(tmp_path: Path) -> None:
    file = _followed(tmp_path) / CLOUD
    written = []
    start = ["next", "--image", NEW]
    for arguments in (start, ["abort"], start, *[["next", "--force"]] * 2, ["promote"]):
        answer = fleet(tmp_path, "rollout", arguments[0], "cloud", GROUP, *arguments[1:])
        assert (answer.code, answer.err) == (0, "")
        rollouts = yaml.safe_load(file.read_text(encoding="utf-8"))["config"].get("fleet:rollouts") or {}
        written.append({key: value for key, value in (rollouts.get(GROUP) or {}).items() if key != "since"})
    shown = [yaml.safe_load(step[STATE].replace("NEW", NEW)) for step in STEPS]
    assert written == [shown[1], shown[2], shown[1], *shown[3:]]

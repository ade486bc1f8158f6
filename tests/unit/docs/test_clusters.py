"""What the guides show of a cluster is what comes out: its plan, its faults, the steps of a rollout."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from components.kubernetes.manifests.base import Manifest
from components.kubernetes.render import render
from fleet.load.project import load_project
from fleet.plan.planner import plan_stack
from tests.unit.cli.running import fleet, shipped
from tests.unit.docs.guide import follow
from tests.unit.docs.markdown import ROOT, blocks, tables
from tests.unit.docs.test_examples import assert_shown

MOVE = "docs/from-two-pcs-to-a-cluster.md"
ROLLOUTS = "docs/rollouts.md"
CLUSTER = "Pulumi.cluster.yaml"
NEW = "ghcr.io/owner/fleet/agentic-flow:0.2.0"
GROUP = "agentic-flow"
STEPS = next(table for table in tables(ROOT / ROLLOUTS) if "from outside" in table[0])


def test_the_plan_is_the_one_the_guide_shows(tmp_path: Path) -> None:
    follow(ROOT / MOVE, tmp_path)
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, tmp_path)
    assert_pictured(MOVE, fleet(tmp_path, "plan", "cluster", COLUMNS="120").out)


def test_the_plan_is_the_one_the_readme_shows() -> None:
    assert_pictured("README.md", shipped("plan", "mainpc").out)


def assert_pictured(document: str, plan: str) -> None:
    """Every line of the plan's picture that a document shows is in the plan, but for the time it took."""
    lines = {_timeless(line) for line in plan.splitlines()}
    (picture,) = (block for block in blocks(ROOT / document, "text") if "offline plan, " in block.text)
    for line in picture.text.splitlines():
        assert _timeless(line) in lines, f"{document} shows a line that the plan has no more:\n{line}"


def _timeless(line: str) -> str:
    return re.sub(r" +offline plan, .*", "", line).rstrip()


@pytest.mark.parametrize("sharing", ["whole-device", "shared-device, shares: 4", "memory-amount"])
def test_as_many_copies_wait_for_a_card_as_the_guide_says(sharing: str, tmp_path: Path) -> None:
    _swap(follow(ROOT / MOVE, tmp_path) / CLUSTER, "memory: 24GiB}", f"memory: 24GiB, sharing: {sharing}}}")
    plan = plan_stack(load_project(tmp_path).fleet, "cluster")
    (pool,) = plan.pools
    waiting = pool.copies_max - pool.placed("copies_max")
    reported = f"{pool.gpu.sharing}; 1 to {pool.copies_max} copies; {waiting} would stay pending"
    assert any(reported in block.text for block in blocks(ROOT / MOVE, "text"))


def test_a_group_on_two_machines_reads_as_in_the_guide(tmp_path: Path) -> None:
    _add(follow(ROOT / MOVE, tmp_path) / "Pulumi.pc2.yaml", "tutor-suite-cpu")
    assert_shown(tmp_path, MOVE)


@pytest.mark.parametrize(("group", "problem"), [("audio-emotion", "host devices"), ("core-platform", "is reachable")])
def test_a_group_that_cannot_move_reads_as_in_the_guide(group: str, problem: str, tmp_path: Path) -> None:
    follow(ROOT / MOVE, tmp_path)
    _swap(tmp_path / "Pulumi.mainpc.yaml", f"    - {group}\n", "")
    _add(tmp_path / CLUSTER, group)
    assert_shown(tmp_path, MOVE, problem)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step["what for"])
def test_a_step_of_a_rollout_does_what_its_row_says(step: dict[str, str], tmp_path: Path) -> None:
    file = follow(ROOT / ROLLOUTS, tmp_path) / CLUSTER
    stack = yaml.safe_load(file.read_text(encoding="utf-8"))
    written = step["agentic-flow under fleet:rollouts"].replace("NEW", NEW).replace("NEXT", NEW.replace("0.2", "0.3"))
    stack["config"]["fleet:rollouts"] = {GROUP: yaml.safe_load(written)}
    file.write_text(yaml.safe_dump(stack), encoding="utf-8")
    mine = [m for m in render(plan_stack(load_project(tmp_path).fleet, "cluster")) if m.group == GROUP]
    runs = [m.name.removeprefix(f"{GROUP}-") for m in mine if m.kind == "apps/v1/Deployment"]
    assert ", ".join(runs) == step["runs"]
    assert _shares(mine) == step["from outside"]
    service = next(m for m in mine if m.kind == "v1/Service" and m.name == GROUP)
    assert service.object["spec"]["selector"]["fleet.track"] == step["from inside"]


def _shares(manifests: list[Manifest]) -> str:
    (route,) = (m for m in manifests if m.kind.endswith("/HTTPRoute"))
    backends = route.object["spec"]["rules"][0]["backendRefs"]
    if len(backends) == 1:
        return f"all to {backends[0]['name']}"
    return ", ".join(f"{backend['name'].removeprefix(f'{GROUP}-')} {backend['weight']}" for backend in backends)


def test_the_commands_write_what_the_table_of_steps_shows(tmp_path: Path) -> None:
    file = follow(ROOT / ROLLOUTS, tmp_path) / CLUSTER
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    # The guide's stack has a rollout under way.
    assert fleet(tmp_path, "rollout", "abort", "cluster", GROUP).code == 0
    written = []
    for arguments in (["next", "--image", NEW], *[["next", "--force"]] * 4, ["promote"]):
        answer = fleet(tmp_path, "rollout", arguments[0], "cluster", GROUP, *arguments[1:])
        assert (answer.code, answer.err) == (0, "")
        state = yaml.safe_load(file.read_text(encoding="utf-8"))["config"]["fleet:rollouts"][GROUP]
        written.append({key: value for key, value in state.items() if key != "since"})
    rows = [step[f"{GROUP} under fleet:rollouts"].replace("NEW", NEW) for step in STEPS]
    assert written == [yaml.safe_load(row) for row in rows[2:-1]]


def test_the_canarys_steps_are_those_of_its_group() -> None:
    group = load_project(ROOT).fleet.groups[GROUP]
    shown = [
        int(found[1])
        for step in STEPS
        if (found := re.search(r"percent: (\d+)", step[f"{GROUP} under fleet:rollouts"]))
    ]
    assert shown == [step.percent for step in group.rollout.steps]


def _swap(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def _add(stack: Path, group: str) -> None:
    """Names one more group; `fleet:groups` ends the file."""
    stack.write_text(f"{stack.read_text(encoding='utf-8').rstrip()}\n    - {group}\n", encoding="utf-8")

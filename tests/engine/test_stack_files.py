"""What Pulumi writes into a stack's file changes neither its text nor its plan."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from cli.scaffold.machine import machine_text
from fleet.load.project import load_project
from fleet.model import Target
from fleet.plan.planner import plan_stack
from tests.engine.conftest import missing_engine
from tests.engine.workspace import ROOT, Workspace
from tests.levels import need

pytestmark = pytest.mark.engine

STACKS = sorted(file.name.split(".")[1] for file in ROOT.glob("Pulumi.*.yaml"))
NEW = {f"new-{target}": target for target in Target}
"""Name of a machine from `fleet new machine` -> its target."""


@pytest.fixture
def project(tmp_path: Path) -> Workspace:
    """The shipped stacks, and a new machine of each target."""
    need("engine-docker", missing_engine())
    workspace = Workspace(tmp_path, "local")
    workspace.take_shipped_files()
    for name, target in NEW.items():
        text = machine_text(name, target, IPv4Network("10.210.200.0/24"))
        (tmp_path / f"Pulumi.{name}.yaml").write_text(text, encoding="utf-8")
    return workspace


def test_init_and_config_set_only_add_lines(project: Workspace) -> None:
    stacks = [*STACKS, *NEW]
    before = {stack: _text(project, stack) for stack in stacks}
    fleet = load_project(project.folder).fleet
    plans = {stack: plan_stack(fleet, stack) for stack in stacks}
    changed = []
    for stack in stacks:
        for arguments in (("stack", "init", stack), ("config", "set", "random:note", "0.30", "--stack", stack)):
            outcome = project.pulumi(*arguments)
            assert outcome.code == 0, outcome.text
        kept = set(_text(project, stack).splitlines())
        changed += [f"{stack}: {line}" for line in before[stack].splitlines() if line not in kept]
    assert not changed
    after = load_project(project.folder).fleet
    assert [stack for stack in stacks if plan_stack(after, stack) != plans[stack]] == []


def _text(project: Workspace, stack: str) -> str:
    return (project.folder / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")

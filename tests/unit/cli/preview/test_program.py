"""The offline run: what it leaves behind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cli.preview.program import run_deployment, run_program
from components.listing import inventory
from fleet.load.project import load_project
from fleet.plan.planner import plan_stack
from tests.unit.builders import small_group, small_stack, write_project

PROGRAM = Path(__file__).parents[4] / "__main__.py"
TRACES = "import sys; assert sys.tracebacklimit == 1\n"


def _project(folder: Path, program: str) -> Path:
    project = write_project(folder, stack_wood=small_stack("wood", "fox"), fox=small_group())
    (project / "__main__.py").write_text(program)
    return project


def test_a_run_restores_the_length_of_tracebacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PROGRAM.read_text()
    for name, program, fails in (("good", TRACES + text, False), ("bad", TRACES + "raise ValueError('bad')", True)):
        project = _project(tmp_path / name, program)
        monkeypatch.delattr(sys, "tracebacklimit", raising=False)
        if fails:
            with pytest.raises(ValueError, match="bad"):
                run_program(project, "wood")
        else:
            assert run_program(project, "wood").resources
        assert not hasattr(sys, "tracebacklimit"), name
        monkeypatch.setattr(sys, "tracebacklimit", 7, raising=False)
        if not fails:
            run_program(project, "wood")
            assert sys.tracebacklimit == 7, name


def test_resources_are_in_the_order_of_the_inventory() -> None:
    """The SDK itself registers those of a wave in the order of a set, which differs from run to run."""
    project = load_project(PROGRAM.parent)
    for stack in project.fleet.stacks:
        run = run_deployment(project, plan_stack(project.fleet, stack))
        planned = [(entry.type, entry.name) for entry in inventory(run.deployment).walk()]
        assert [(resource.type, resource.name) for resource in run.resources] == planned, stack

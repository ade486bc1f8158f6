"""The offline run: what it leaves behind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cli.preview.program import run_program
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

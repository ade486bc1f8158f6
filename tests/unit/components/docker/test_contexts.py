"""Contexts of builds that the project has no folder for."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.docker.contexts import write_contexts
from fleet.errors import UserError
from fleet.load.project import load_project
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from tests.unit.fleet.load.test_group_files import project


def _plan(root: Path, files: dict[str, bytes]) -> Deployment:
    named = {f"/etc/{name}": name for name in files}
    return plan_stack(load_project(project(root, files, named)).fleet, "host")


def test_a_context_has_exactly_the_files_of_its_build(tmp_path: Path) -> None:
    folder = tmp_path / ".fleet" / "files" / "gate"
    write_contexts(tmp_path, _plan(tmp_path, {"a": b"1", "b": b"2"}))
    assert {file.name for file in folder.iterdir()} == {"Dockerfile", "0", "1"}
    (folder / "0").chmod(0o600)
    (folder / "1").write_bytes(b"changed by hand")
    plan = _plan(tmp_path, {"a": b"1"})
    for _ in range(2):
        write_contexts(tmp_path, plan)
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == dict(plan.builds[0].written)
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o644}
    assert [file.name for file in folder.parent.iterdir()] == ["gate"]


def test_what_is_unchanged_is_not_written_again(tmp_path: Path) -> None:
    plan = _plan(tmp_path, {"a": b"1"})
    write_contexts(tmp_path, plan)
    file = tmp_path / ".fleet" / "files" / "gate" / "0"
    before = file.stat().st_ino
    write_contexts(tmp_path, plan)
    assert file.stat().st_ino == before


def test_a_folder_that_cannot_be_written_is_one_error(tmp_path: Path) -> None:
    plan = _plan(tmp_path, {"a": b"1"})
    (tmp_path / ".fleet").write_text("a file")
    with pytest.raises(UserError, match=r"^\.fleet/files/gate: cannot be written \(Not a directory\); make "):
        write_contexts(tmp_path, plan)

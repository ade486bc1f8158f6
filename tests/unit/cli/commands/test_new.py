"""`fleet new`: what it writes is valid as it stands, and nothing that exists is written over."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.builders import ROOT
from tests.unit.cli.running import fleet, shipped, write_program


def test_a_new_group_is_valid_as_it_stands(tmp_path: Path) -> None:
    project = write_program(tmp_path)
    answer = fleet(project, "new", "group", "door-camera")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines()[:2] == ["groups/assistant/door-camera.yaml: written", "next:"]
    assert fleet(project, "validate").code == 0


def test_a_new_group_runs_once_a_stack_names_it(tmp_path: Path) -> None:
    project = write_program(tmp_path)
    fleet(project, "new", "group", "door-camera", "--system", "house")
    stack = project / "Pulumi.pc2.yaml"
    stack.write_text(stack.read_text(encoding="utf-8").rstrip() + "\n    - door-camera\n", encoding="utf-8")
    answer = fleet(project, "plan", "pc2")
    assert answer.code == 0, answer.out + answer.err
    assert "door-camera" in answer.out


@pytest.mark.parametrize("target", ["docker", "kubernetes", "cloudrun"])
def test_a_new_machine_is_valid_as_it_stands(target: str, tmp_path: Path) -> None:
    project = write_program(tmp_path)
    answer = fleet(project, "new", "machine", "pc-nine", "--target", target)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("Pulumi.pc-nine.yaml: written\nnext:\n")
    # It examines Docker machines only.
    assert ("fleet doctor" in answer.out) == (target == "docker")
    checked = fleet(project, "validate", "pc-nine")
    assert (checked.code, checked.err) == (0, "")
    assert checked.out.startswith("pc-nine"), checked.out
    assert "\nno groups; list them under fleet:groups\n" in fleet(project, "plan", "pc-nine").out


def test_two_new_machines_get_subnets_of_their_own(tmp_path: Path) -> None:
    project = write_program(tmp_path)
    assert [fleet(project, "new", "machine", name).code for name in ("pc-nine", "pc-ten")] == [0, 0]
    assert fleet(project, "validate").code == 0


def test_a_new_policy_and_its_test_run_as_they_stand(tmp_path: Path) -> None:
    project = write_program(tmp_path)
    for folder in ("policy", "fleet", "tests/policy"):
        shutil.copytree(ROOT / folder, project / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (project / "tests" / "__init__.py").touch()
    answer = fleet(project, "new", "policy", "no-debug")
    assert (answer.code, answer.err) == (0, "")
    test = "tests/policy/rules/test_x01_no_debug.py"
    assert answer.out.splitlines()[:2] == ["policy/rules/x01_no_debug.py: written", f"{test}: written"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
    done = subprocess.run(command, cwd=project, env={"PYTHONPATH": str(project)}, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (("group", "vision-gpu"), "groups/assistant/vision-gpu.yaml"),
        (("group", "vision-gpu", "--system", "other"), "groups/assistant/vision-gpu.yaml"),
        (("machine", "pc2"), "Pulumi.pc2.yaml"),
    ],
)
def test_nothing_that_exists_is_written_over(arguments: tuple[str, ...], file: str, tmp_path: Path) -> None:
    project = write_program(tmp_path)
    before = (project / file).read_text(encoding="utf-8")
    answer = fleet(project, "new", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == f"{file}: already exists; use another name\n"
    assert (project / file).read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("policy", "non-root-user"), "A01-non-root-user already exists; use another name"),
        (("policy", "no-debug", "--id", "A01"), "A01-non-root-user already exists; use another id"),
        (("policy", "no-debug", "--id", "../x"), 'invalid rule id "../x"; use a letter and two digits, such as X07'),
        (("group", "../evil"), 'invalid group name "../evil"; use lower-case words joined by hyphens'),
        (("group", "door", "--system", "../.."), 'invalid system name "../.."; use lower-case words'),
        (("machine", "PC 9"), 'invalid machine name "PC 9"; use lower-case words joined by hyphens'),
    ],
)
def test_bad_names_are_refused_before_anything_is_written(arguments: tuple[str, ...], said: str) -> None:
    answer = shipped("new", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(said)


def test_a_shell_can_complete_commands() -> None:
    assert "--install-completion" in shipped("--help").out

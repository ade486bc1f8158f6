"""Exit codes: 0 success, 1 an internal error, 2 bad input, 3 a violated mandatory policy; no unhandled error."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.builders import LATER, ROOT, faults_of, file_of, place, swap, under
from tests.unit.cli.running import Answer, fleet, process, shipped, write_program

# A ready image without a version: what is deployed changes behind one's back.
LATEST = swap(
    "    build:\n      variant: cpu\n      requirements:\n        - fastapi\n        - pydantic\n        - networkx\n"
    "        - redis\n        - rq\n",
    "    image: {reference: 'ghcr.io/me/tutor:latest'}\n    health: {command: [/bin/ready]}\n",
)


def assert_bad_input(answer: Answer, *said: str) -> None:
    """Exit code 2, nothing on standard output, no traceback, and each of these texts on standard error."""
    assert answer.code == 2, answer
    assert answer.out == ""
    assert "Traceback" not in answer.err
    for text in said:
        assert text in answer.err


def test_a_good_fleet_is_good() -> None:
    answer = shipped("validate")
    assert (answer.code, answer.err) == (0, "")
    lines = [line.split() for line in answer.out.splitlines()]
    assert ["mainpc", "docker", "8", "groups", "49", "agents", "valid"] in lines
    assert ["pc2", "docker", "4", "groups", "22", "agents", "valid"] in lines
    assert lines[-1][0] == "fleet"
    assert answer.out.endswith("valid\n")


def test_a_good_stack_is_good() -> None:
    answer = shipped("validate", "pc2")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.split() == ["pc2", "docker", "4", "groups", "22", "agents", "valid"]


@pytest.mark.parametrize("stack", ["mainpc", "pc2", "local"])
def test_the_shipped_stacks_are_planned_and_hold_every_policy(stack: str) -> None:
    answer = shipped("plan", stack)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(stack)


@pytest.mark.parametrize("command", ["validate", "plan pc2", "export compose pc2"])
def test_every_fault_is_reported_on_standard_error(tmp_path: Path, command: str) -> None:
    changes = {"vision_gpu": swap("limit: 6GiB", "limit: lots"), "pc2": swap("cpus: 12", "cpus: many")}
    project = write_program(tmp_path, **changes)
    answer = fleet(project, *command.split())
    assert_bad_input(answer, *faults_of(project))
    assert len(faults_of(project)) == 2
    assert answer.err.splitlines()[0] == "Pulumi.pc2.yaml: 1 fault"


def test_a_fault_of_another_stack_is_none_of_this_one(tmp_path: Path) -> None:
    project = write_program(tmp_path, pc2=swap("cpus: 12", "cpus: many"))
    answer = fleet(project, "validate", "mainpc")
    assert answer.code == 0
    assert answer.out == "mainpc: valid; other stacks have 1 error (run fleet validate)\n"
    assert_bad_input(fleet(project, "validate", "pc2"), "cpus")


@pytest.mark.parametrize("command", ["validate nope", "plan nope", "export compose nope"])
def test_an_unknown_stack_is_reported_with_the_known_ones(command: str) -> None:
    assert_bad_input(shipped(*command.split()), 'unknown stack "nope"; use one of ', "mainpc", "add Pulumi.nope.yaml")


@pytest.mark.parametrize("command", ["validate", "validate mainpc", "plan mainpc", "schema", "export compose mainpc"])
def test_outside_a_project_the_fix_is_reported(tmp_path: Path, command: str) -> None:
    assert_bad_input(
        fleet(tmp_path, *command.split()), "no Pulumi.yaml in this folder or its parents; run fleet inside the project"
    )


def test_a_folder_below_the_project_will_do() -> None:
    assert fleet(ROOT / "groups" / "assistant", "validate", "pc2").code == 0


@pytest.mark.parametrize("command", ["validate", "plan pc2"])
def test_an_unreadable_file_is_reported(tmp_path: Path, command: str) -> None:
    project = write_program(tmp_path, vision_gpu=None)
    (project / file_of("vision_gpu")).mkdir()
    assert_bad_input(fleet(project, *command.split()), "groups/assistant/vision-gpu.yaml: cannot be read (")


@pytest.mark.parametrize("command", ["plan", "policy explain", "export compose", "nonsense", "plan pc2 --nonsense"])
def test_a_command_line_that_makes_no_sense_is_bad_input(command: str) -> None:
    assert_bad_input(shipped(*command.split()), "Usage: ")


def test_a_violated_mandatory_policy_is_reported_with_its_place_and_fix(tmp_path: Path) -> None:
    project = write_program(tmp_path, tutor_suite_cpu=LATEST)
    answer = fleet(project, "plan", "pc2")
    assert answer.code == 3
    assert answer.err == ""
    head, _, message = answer.out.partition("  D01 ")[2].partition("\n")
    assert head.split() == ["no-latest", "mandatory", place(project, "tutor_suite_cpu", ":latest")]
    assert "ghcr.io/me/tutor:latest" in message
    assert re.search(r"^policies: \d+ of \d+ rules passed, 1 violated", answer.out, re.MULTILINE)


def test_a_violation_is_not_looked_for_on_request(tmp_path: Path) -> None:
    answer = fleet(write_program(tmp_path, tutor_suite_cpu=LATEST), "plan", "pc2", "--no-policy")
    assert answer.code == 0
    assert "not checked (--no-policy)" in answer.out


@pytest.mark.parametrize(
    ("config", "code"), [('{"D01": "advisory"}', 0), ('{"D01-no-latest": "disabled"}', 0), ("{}", 3)]
)
def test_levels_of_policies_can_be_configured(tmp_path: Path, config: str, code: int) -> None:
    project = write_program(tmp_path, tutor_suite_cpu=LATEST)
    (project / "levels.json").write_text(config)
    assert fleet(project, "plan", "pc2", "--policy-config", "levels.json").code == code


@pytest.mark.parametrize(
    ("config", "said"),
    [("{", "is not JSON"), ('{"A99": "advisory"}', '"A99" is not a rule'), ('{"D01": "sometimes"}', '"sometimes"')],
)
def test_an_invalid_policy_configuration_is_reported(tmp_path: Path, config: str, said: str) -> None:
    file = tmp_path / "levels.json"
    file.write_text(config)
    assert_bad_input(fleet(ROOT, "plan", "pc2", "--policy-config", str(file)), said)


def test_a_missing_policy_configuration_is_reported() -> None:
    assert_bad_input(shipped("plan", "pc2", "--policy-config", "nope.json"), "nope.json: cannot be read")


def test_a_weakening_with_a_reason_and_an_end_date_is_reported_as_waived(tmp_path: Path) -> None:
    exception = f"{{run_as: {{reason: reads the camera, until: {LATER}}}}}"
    change = under("{request: 500m", f'    hardening: {{run_as: "0:0", exceptions: {exception}}}')
    answer = fleet(write_program(tmp_path, tutor_suite_cpu=change), "plan", "pc2")
    assert answer.code == 0
    assert "A01 non-root-user   waived" in answer.out
    summary = re.search(r"^policies: (\d+) of (\d+) rules passed(.*)$", answer.out, re.MULTILINE)
    assert summary
    counts = {word: int(count) for count, word in re.findall(r"(\d+) (advisory|waived)", summary[3])}
    assert counts["waived"] == 3, "A01, A02 and A03"
    assert int(summary[1]) + sum(counts.values()) == int(summary[2])
    assert f"waived until {LATER}: reads the camera" in " ".join(answer.out.split())


def test_an_internal_error_is_reported_as_one(tmp_path: Path) -> None:
    project = write_program(tmp_path, main="1 / 0\n")
    answer = fleet(project, "plan", "pc2")
    assert (answer.code, answer.out) == (1, "")
    assert "internal error: ZeroDivisionError" in answer.err
    assert "Traceback" not in answer.err
    assert "Traceback" in fleet(project, "plan", "pc2", FLEET_DEBUG="1").err


def test_a_program_without_a_deployment_is_a_bug(tmp_path: Path) -> None:
    assert fleet(write_program(tmp_path, main="pass\n"), "plan", "pc2").code == 1


def test_a_program_that_calls_the_outside_world_is_refused(tmp_path: Path) -> None:
    main = "import pulumi_docker\npulumi_docker.get_network(name='bridge')\n"
    answer = fleet(write_program(tmp_path, main=main), "plan", "pc2")
    assert answer.code in (1, 2)
    assert "docker:index/getNetwork:getNetwork" in answer.err
    assert "an offline plan cannot answer it" in answer.err


def test_a_reader_that_leaves_early_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-c", "from cli.app import main; main()", "policy", "list"]
    done = subprocess.run(command, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_fault_leaves_no_word_of_the_event_loop_on_standard_error(tmp_path: Path) -> None:
    project = write_program(tmp_path, pc2=swap("cpus: 12", "cpus: many"))
    answer = process(project, "plan", "pc2")
    assert answer.code == 2
    assert answer.err.splitlines()[0] == "Pulumi.pc2.yaml: 1 fault"
    assert len(answer.err.splitlines()) == 2


def test_a_width_that_is_no_number_is_ignored() -> None:
    assert fleet(ROOT, "policy", "list", COLUMNS="wide").code == 0

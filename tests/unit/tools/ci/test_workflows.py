"""The workflows: pinned, with few rights, without logic, and clean by two linters."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.builders import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
EACH = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.name)
WRITES = {
    "preview.yml": {"pull-requests", "security-events", "id-token"},
    "deploy.yml": {"id-token"},
    "drift.yml": {"issues", "id-token"},
    "images.yml": {"packages", "security-events", "id-token"},
    "test.yml": set(),
    "nightly.yml": set(),
}
"""Workflow -> what its jobs may write; a right more is a decision, made here."""


def read(workflow: Path) -> dict[str, Any]:
    """Its content; YAML 1.1 reads the key `on` as true."""
    found: dict[str, Any] = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    return found


def steps(workflow: Path) -> Iterator[dict[str, Any]]:
    """Every step of every job."""
    for job in read(workflow)["jobs"].values():
        yield from job["steps"]


def test_every_workflow_is_known_here() -> None:
    assert {file.name for file in WORKFLOWS} == WRITES.keys()


@EACH
def test_every_action_is_pinned_by_its_commit_with_the_version_in_a_comment(workflow: Path) -> None:
    lines = [line.strip() for line in workflow.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    pinned = re.compile(r"^(- )?uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
    assert [line for line in lines if not pinned.match(line)] == []


def test_an_action_has_one_version_in_all_workflows() -> None:
    used = {tuple(step["uses"].split("@")) for workflow in WORKFLOWS for step in steps(workflow) if "uses" in step}
    assert len({action for action, _ in used}) == len(used)


@EACH
def test_a_workflow_has_no_right_and_each_job_says_its_own(workflow: Path) -> None:
    content = read(workflow)
    assert content["permissions"] == {}
    rights = [job["permissions"] for job in content["jobs"].values()]
    assert {name for right in rights for name, level in right.items() if level == "write"} == WRITES[workflow.name]


@EACH
def test_every_job_ends_and_every_workflow_sets_its_concurrency(workflow: Path) -> None:
    content = read(workflow)
    assert "group" in content["concurrency"]
    assert [name for name, job in content["jobs"].items() if "timeout-minutes" not in job] == []


@EACH
def test_no_expression_stands_in_a_script(workflow: Path) -> None:
    assert [step["run"] for step in steps(workflow) if "${{" in step.get("run", "")] == []


@EACH
def test_a_step_fails_where_any_part_of_a_pipe_does(workflow: Path) -> None:
    # GitHub sets `pipefail` only for a shell that is named.
    assert read(workflow)["defaults"] == {"run": {"shell": "bash"}}
    assert [step["run"] for step in steps(workflow) if "shell" in step] == []


@EACH
def test_what_uploads_findings_may_ask_for_its_run(workflow: Path) -> None:
    rights = [
        job["permissions"]
        for job in read(workflow)["jobs"].values()
        if any("/upload-sarif@" in step.get("uses", "") for step in job["steps"])
    ]
    # In a private repository the upload fails without; a public one answers anybody.
    assert [right for right in rights if right.get("actions") != "read"] == []


def test_every_level_has_the_providers_the_engine_level_asks_for() -> None:
    runs = [step.get("run", "") for step in read(ROOT / ".github/workflows/test.yml")["jobs"]["levels"]["steps"]]
    assert runs.index("pulumi install --no-dependencies") < next(i for i, run in enumerate(runs) if ".ci/run" in run)


@pytest.mark.parametrize(("workflow", "job"), [("deploy.yml", "stacks"), ("images.yml", "push")])
def test_what_is_deployed_or_pushed_is_main_also_where_somebody_starts_it_by_hand(workflow: str, job: str) -> None:
    jobs = read(ROOT / ".github/workflows" / workflow)["jobs"]
    runs = {"deploy.yml": "", "images.yml": " && github.event_name != 'schedule'"}[workflow]
    assert jobs[job]["if"] == f"${{{{ github.ref == 'refs/heads/main'{runs} }}}}"
    # What comes after is skipped with it: none says `always()` or the like.
    later = {"deploy.yml": ["deploy"], "images.yml": ["publish", "pin"]}[workflow]
    assert not any(re.search(r"always\(|cancelled\(", str(jobs[name].get("if"))) for name in later)


@EACH
def test_no_workflow_runs_a_forks_code_with_our_rights(workflow: Path) -> None:
    assert read(workflow)[True].keys() & {"pull_request_target", "workflow_run"} == set()


@EACH
def test_every_script_that_is_called_exists(workflow: Path) -> None:
    runs = "\n".join(step.get("run", "") for step in steps(workflow))
    modules = {name.replace(".", "/") + ".py" for name in re.findall(r"-m (tools\.[\w.]+)", runs)}
    files = set(re.findall(r"(?<![\w/])((?:tools/ci|\.ci)/[\w-]+)", runs))
    assert [name for name in sorted(modules | files) if not (ROOT / name).is_file()] == []


def test_what_reads_a_pull_request_writes_with_the_scripts_of_the_base() -> None:
    job = read(ROOT / ".github/workflows/preview.yml")["jobs"]["comment"]
    assert job["steps"][0]["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"


@EACH
def test_the_pulumi_that_runs_is_the_one_that_is_locked(workflow: Path) -> None:
    locked = re.search(r"^pulumi==(\S+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    used = {step["with"]["pulumi-version"] for step in steps(workflow) if step.get("uses", "").startswith("pulumi/")}
    assert locked
    assert used <= {locked[1]}


def zizmor(folder: Path) -> subprocess.CompletedProcess[str]:
    """The linter of workflows' security, without network."""
    program = Path(sys.executable).parent / "zizmor"
    command = [str(program), "--offline", "--quiet", "--no-progress", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_zizmor_has_no_finding() -> None:
    done = zizmor(ROOT / ".github")
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_what_rule_f11_is_about(tmp_path: Path) -> None:
    broken = tmp_path / ".github/workflows/broken.yml"
    broken.parent.mkdir(parents=True)
    broken.write_text(
        "on: pull_request_target\npermissions: write-all\njobs:\n  job:\n    runs-on: ubuntu-24.04\n    steps:\n"
        "      - uses: actions/checkout@v4\n      - run: echo ${{ github.event.pull_request.title }}\n"
        "  other:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n"
    )
    found = zizmor(tmp_path).stdout
    for audit in ("excessive-permissions", "template-injection", "unpinned-uses", "dangerous-triggers"):
        assert audit in found


def test_actionlint_has_no_finding() -> None:
    if not (ROOT / ".state/lab/bin/actionlint").is_file() and shutil.which("go") is None:
        pytest.skip("actionlint is built with Go, which is not installed")
    program = subprocess.run(["tools/lab/actionlint"], cwd=ROOT, capture_output=True, text=True, check=True)
    command = [program.stdout.strip(), *map(str, WORKFLOWS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout

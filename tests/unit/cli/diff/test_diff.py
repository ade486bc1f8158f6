"""`fleet diff` on git repositories: which commit it compares with, which code plans it, how it ends."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from cli.diff.base import find_base, tree_at
from cli.diff.reading import read_tree
from cli.terminal import UserError
from tests.unit.builders import swap
from tests.unit.cli.running import fleet, write_program


def _git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Owner", "-c", "user.email=owner@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _commit(folder: Path, branch: str = "main") -> str:
    if not (folder / ".git").exists():
        _git(folder, "init", "-q", "-b", branch)
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "--allow-empty", "-m", "State")
    return _git(folder, "rev-parse", "HEAD")


def test_a_change_of_a_group_is_compared_with_where_the_branch_left_main(tmp_path: Path) -> None:
    project = write_program(tmp_path)
    base = _commit(project)
    _git(project, "checkout", "-q", "-b", "work")
    group = project / "groups/assistant/core-platform.yaml"
    change = swap("memory: {request: 2GiB, limit: 2GiB}", "memory: {request: 1GiB, limit: 3GiB}")
    group.write_text(change(group.read_text(encoding="utf-8")), encoding="utf-8")
    answer = fleet(project, "diff", "mainpc", "--json")
    assert (answer.code, answer.err) == (0, "")
    data = json.loads(answer.out)
    (stack,) = data["stacks"]
    assert data["base"] == f"{base[:10]} (merge base with main)"
    assert stack["memory"] == {"before": 43776, "after": 42752}
    assert [change["name"] for change in stack["resources"]] == ["mainpc-core-platform-main"]
    assert _git(project, "worktree", "list").count("\n") == 0


def test_a_base_with_faults_is_said_in_one_line_and_a_violation_here_is_exit_code_3(tmp_path: Path) -> None:
    project = write_program(tmp_path, mainpc=swap("memory: 64GiB", "memory: lots"))
    _commit(project)
    write_program(project, mainpc=swap("config:\n", "config:\n  fleet:images: {tag: latest}\n"))
    answer = fleet(project, "diff", "mainpc")
    assert "not compared: the base cannot be planned: Pulumi.mainpc.yaml: 1 fault" in answer.out
    assert (answer.code, answer.err) == (3, "")


def test_faults_here_are_exit_code_2_and_reported_once(tmp_path: Path) -> None:
    project = write_program(tmp_path)
    _commit(project)
    write_program(project, mainpc=swap("memory: 64GiB", "memory: lots"))
    answer = fleet(project, "diff", "mainpc")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.count("Pulumi.mainpc.yaml: 1 fault") == 1


def test_without_main_the_base_is_head(tmp_path: Path) -> None:
    commit = _commit(tmp_path, "trunk")
    assert find_base(tmp_path, None).title == f"{commit[:10]} (HEAD: no main to compare with)"
    assert find_base(tmp_path, commit).title == commit[:10]


def test_a_reference_that_is_none_and_a_folder_without_git_are_bad_input(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a git repository"):
        find_base(tmp_path, None)
    _commit(tmp_path)
    with pytest.raises(UserError, match="unknown commit"):
        find_base(tmp_path, "--output=here")


def test_a_base_that_a_shallow_clone_lacks_says_how_to_fetch_it(tmp_path: Path) -> None:
    whole, shallow = tmp_path / "whole", tmp_path / "shallow"
    whole.mkdir()
    first = _commit(whole)
    _commit(whole)
    _git(tmp_path, "clone", "-q", "--depth", "1", f"file://{whole}", str(shallow))
    with pytest.raises(UserError, match="git fetch --unshallow"):
        find_base(shallow, first)


def test_the_base_s_tree_holds_what_was_committed_and_is_gone_afterwards(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("old")
    _commit(tmp_path)
    (tmp_path / "kept").write_text("new")
    with tree_at(tmp_path, find_base(tmp_path, None)) as tree:
        assert (tree / "kept").read_text() == "old"
    assert not tree.exists()


def test_a_tree_without_the_command_says_so(tmp_path: Path) -> None:
    reading = read_tree(tmp_path, ["pc"], tmp_path)["pc"]
    assert (reading.plan, reading.complaint) == (None, "it has no fleet command yet")


def test_a_tree_is_planned_by_its_own_code(tmp_path: Path) -> None:
    (tmp_path / "cli").mkdir()
    (tmp_path / "cli/__init__.py").touch()
    plan = '{"resources": [], "by": "own code"}'
    (tmp_path / "cli/app.py").write_text(f"def app(arguments):\n    print({plan!r})\n    raise SystemExit(3)\n")
    reading = read_tree(tmp_path, ["pc"], tmp_path)["pc"]
    assert reading.plan
    assert (reading.plan["by"], reading.code) == ("own code", 3)


def test_an_unknown_stack_and_two_forms_at_once_are_bad_input(tmp_path: Path) -> None:
    project = write_program(tmp_path)
    _commit(project)
    unknown = fleet(project, "diff", "mainpcc")
    assert unknown.code == 2
    assert 'unknown stack "mainpcc" here and at' in unknown.err
    assert fleet(project, "diff", "--json", "--sarif").code == 2


def test_a_violation_that_was_there_before_is_shown_and_allowed_on_request(tmp_path: Path) -> None:
    project = write_program(tmp_path, pc2=swap("config:\n", "config:\n  fleet:images: {tag: latest}\n"))
    _commit(project)
    answer = fleet(project, "diff", "pc2")
    assert (answer.code, answer.err) == (3, "")
    assert "of mandatory policies, unchanged\n  D01 no-latest   mandatory   " in answer.out
    assert fleet(project, "diff", "pc2", "--allow-violations").code == 0
    (project / "levels.json").write_text('{"all": "advisory"}')
    assert fleet(project, "diff", "pc2", "--policy-config", "levels.json").code == 0


def test_an_internal_error_here_is_exit_code_1(tmp_path: Path) -> None:
    project = write_program(tmp_path)
    _commit(project)
    (project / "__main__.py").write_text("1 / 0\n")
    answer = fleet(project, "diff", "pc2", "--json")
    assert answer.code == 1
    assert json.loads(answer.out)["error"].startswith("fleet: internal error: ZeroDivisionError")


@pytest.mark.skipif(os.geteuid() != 0, reason="gives a repository to another user")
def test_what_git_says_of_a_repository_of_another_user_is_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _commit(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for path in (tmp_path, *tmp_path.rglob("*")):
        os.chown(path, 12345, -1)
    with pytest.raises(UserError, match=r"(?s)git cannot read it \(fatal: detected dubious ownership.*safe\.directory"):
        find_base(tmp_path, None)

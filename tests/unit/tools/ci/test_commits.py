"""Subjects of commits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.builders import ROOT
from tools.ci.commits import SUBJECT_MAX, fault_of


@pytest.mark.parametrize(
    "message",
    [
        "x" * SUBJECT_MAX,
        "Give every volume a name\n",
        "Give every volume a name\n\nBecause two were the same.\n" + "y" * 100,
        "Give every volume a name\n# Please enter the commit message\n# Changes: " + "z" * 100,
    ],
)
def test_a_message_is_accepted(message: str) -> None:
    assert fault_of(message) == ""


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ("x" * (SUBJECT_MAX + 1), "the subject has 73 characters"),
        ("", "the subject is empty"),
        ("# only a comment\n", "the subject is empty"),
        ("\nGive every volume a name", "the subject is empty"),
        ("Give every volume\na name", 'the line after the subject is not empty ("a name")'),
    ],
)
def test_a_message_is_refused(message: str, fault: str) -> None:
    assert fault_of(message).startswith(fault)


def commits(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.ci.commits", *arguments]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_hook_gets_every_fault_of_a_message(tmp_path: Path) -> None:
    message = tmp_path / "COMMIT_EDITMSG"
    message.write_text("x" * 80)
    done = commits("--message", str(message))
    assert done.returncode == 2
    assert done.stderr == f'the message: the subject has 80 characters ("{"x" * 80}"); use at most 72\n'


def test_every_commit_of_a_pull_request_is_checked_but_merges(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
        done = subprocess.run(["git", *identity, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(subject: str) -> None:
        git("commit", "--quiet", "--allow-empty", "--message", subject)

    git("init", "--quiet", "--initial-branch=main")
    commit("a" * 90)
    commit("Start")
    git("switch", "--quiet", "--create", "topic", "main")
    commit("Add a file\n\nFor a reason.")
    commit("b" * 73)
    git("switch", "--quiet", "main")
    commit("Go on")
    git("merge", "--quiet", "--no-ff", "--message", "m" * 90, "topic")
    done = commits("main~1", "main", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f'{git("rev-parse", "--short", "topic")}: the subject has 73 characters ("{"b" * 73}"); use at most 72'
    ]
    assert commits("main", "main", folder=tmp_path).returncode == 0

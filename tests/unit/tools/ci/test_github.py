"""What the workflows write to GitHub: one comment, one issue, nothing of anybody else's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.terminal import UserError
from tests.unit.builders import ROOT
from tests.unit.tools.ci.api import BOT, PERSON, TOKEN, Api, github
from tools.ci import comment, issue
from tools.ci.github import BODY_MAX, Repository


@pytest.fixture
def api() -> Iterator[Api]:
    with github() as running:
        yield running


def test_a_comment_is_posted_once_and_then_updated(api: Api) -> None:
    said = [comment.write_comment(api.repository(), 12, text) for text in ("one", "two", "two")]
    assert said == ["comment 1 posted", "comment 1 updated", "comment 1 is up to date"]
    assert [item["body"] for item in api.comments] == [f"{comment.MARK}\ntwo"]


def test_a_comment_is_found_behind_a_hundred_others(api: Api) -> None:
    api.comments += [{"id": number, "body": "talk", "user": PERSON} for number in range(1, 131)]
    api.comments.append({"id": 131, "body": f"{comment.MARK}\nold", "user": BOT})
    assert comment.write_comment(api.repository(), 12, "new") == "comment 131 updated"


def test_a_person_who_quotes_the_mark_keeps_their_words(api: Api) -> None:
    api.comments.append({"id": 1, "body": f"{comment.MARK}\nmine", "user": PERSON})
    assert comment.write_comment(api.repository(), 12, "new") == "comment 2 posted"
    assert api.comments[0]["body"] == f"{comment.MARK}\nmine"


@pytest.mark.parametrize("text", ["word " * 20_000, "```text\n" + "word " * 20_000 + "\n```"], ids=["plain", "fenced"])
def test_a_text_too_long_for_github_is_cut_and_says_where_the_whole_is(api: Api, text: str) -> None:
    comment.write_comment(api.repository(), 12, text)
    body = api.comments[0]["body"]
    assert len(body) <= BODY_MAX
    assert body.count("```") % 2 == 0
    assert "https://github.example/owner/project/actions/runs/7" in body[-200:]


def test_drift_opens_one_issue_renews_it_and_closes_it(api: Api) -> None:
    said = [issue.keep_issue(api.repository(), reports) for reports in (["pc2"], ["pc2", "edge"], [], [])]
    assert said == ["issue 1 opened", "issue 1 updated", "issue 1 closed", "no stack drifted"]
    assert len(api.issues) == 1
    assert api.issues[0]["state"] == "closed"
    assert "pc2\n\nedge" in api.issues[0]["body"]


def test_a_pull_request_is_no_issue_about_drift(api: Api) -> None:
    theirs = {"number": 1, "state": "open", "body": issue.MARK, "user": BOT, "pull_request": {}}
    api.issues.append(dict(theirs))
    assert issue.keep_issue(api.repository(), ["pc2"]) == "issue 2 opened"
    assert api.issues[0] == theirs


@pytest.mark.parametrize(
    ("compared", "stacks", "state"),
    [
        ({"pc2": "", "edge": ""}, '["edge", "pc2"]', "closed"),
        ({"pc2": ""}, '["edge", "pc2"]', "open"),
        ({}, "", "open"),
    ],
    ids=["all", "not all", "unknown"],
)
def test_only_jobs_that_compared_every_stack_close_the_issue(
    api: Api, tmp_path: Path, compared: dict[str, str], stacks: str, state: str
) -> None:
    issue.keep_issue(api.repository(), ["pc2"])
    for name, text in compared.items():
        (tmp_path / f"{name}.md").write_text(text)
    command = [sys.executable, "-m", "tools.ci.issue", str(tmp_path), "--stacks", stacks]
    subprocess.run(command, cwd=ROOT, env=api.environment(), check=True, capture_output=True)
    assert api.issues[0]["state"] == state


def test_the_issue_names_a_stack_whose_job_broke_next_to_one_that_differs(tmp_path: Path) -> None:
    (tmp_path / "pc2.md").write_text("## pc2: drift fails\n")
    (tmp_path / "mainpc.md").write_text("")
    said = issue.reports(tmp_path, '["mainpc", "pc2", "edge"]')
    assert [text.splitlines()[0] for text in said] == ["## pc2: drift fails", "## edge: not compared"]


def test_a_token_that_may_not_write_is_reported_in_one_line_and_never_shown(api: Api) -> None:
    with pytest.raises(UserError) as caught:
        comment.write_comment(api.repository("a-forks-token"), 12, "text")
    assert "GitHub returned 403 (Resource not accessible by integration)" in str(caught.value)
    assert "a-forks-token" not in f"{caught.value}{api.repository('a-forks-token')}"
    assert TOKEN not in repr(api.repository())


def test_an_interface_that_does_not_answer_is_reported() -> None:
    environment = {"GITHUB_TOKEN": "t", "GITHUB_REPOSITORY": "owner/project", "GITHUB_API_URL": "http://127.0.0.1:9"}
    with pytest.raises(UserError, match="does not answer"):
        comment.write_comment(Repository.of(environment), 12, "text")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"GITHUB_TOKEN": ""}, "GITHUB_TOKEN: not set"),
        ({"GITHUB_API_URL": "file:///etc"}, "is not a web address"),
    ],
)
def test_a_step_that_passes_too_little_is_reported(change: dict[str, str], problem: str) -> None:
    with pytest.raises(UserError, match=problem):
        Repository.of({"GITHUB_TOKEN": "t", "GITHUB_REPOSITORY": "owner/project", **change})

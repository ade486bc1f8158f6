"""What a project offers to those who join it: a changelog, a licence, forms, hooks and updates."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.builders import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FORMS = sorted(file for file in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if file.name != "config.yml")
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
"""Of changes, as Keep a Changelog has them."""


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def releases() -> list[tuple[str, str]]:
    """(version, date) of the changelog's sections, newest first; what is not released has no date."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return re.findall(r"^## \[([^\]]+)\](?: - (\d{4}-\d\d-\d\d))?$", text, re.MULTILINE)


def test_the_newest_release_of_the_changelog_is_the_projects_version() -> None:
    (unreleased, no_date), (version, date), *_ = releases()
    assert (unreleased, no_date) == ("Unreleased", "")
    assert version == PROJECT["version"]
    assert date


def test_the_policy_pack_has_the_projects_version() -> None:
    assert read("policy/PulumiPolicy.yaml")["version"] == PROJECT["version"]


def test_the_changelog_lists_releases_from_new_to_old_by_kind_of_change() -> None:
    versions = [tuple(map(int, version.split("."))) for version, _ in releases()[1:]]
    assert versions == sorted(versions, reverse=True)
    dates = [date for _, date in releases()[1:]]
    assert dates == sorted(dates, reverse=True)
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= KINDS


def test_every_tag_of_a_version_is_in_the_changelog() -> None:
    listed = subprocess.run(["git", "tag", "--list", "v[0-9]*"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert set(listed.stdout.split()) <= {f"v{version}" for version, _ in releases()[1:]}


def test_the_licence_is_the_one_that_is_declared() -> None:
    assert PROJECT["license"] == "Apache-2.0"
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License\n" in text
    assert "END OF TERMS AND CONDITIONS" in text


@pytest.mark.parametrize("file", FORMS, ids=[file.stem for file in FORMS])
def test_an_issue_form_is_one_that_github_shows(file: Path) -> None:
    form = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= set(form)
    ids = [field["id"] for field in form["body"]]
    assert len(set(ids)) == len(ids)
    assert any(field.get("validations", {}).get("required") for field in form["body"])
    for field in form["body"]:
        assert field["type"] in ("input", "textarea", "dropdown")
        assert field["attributes"]["label"]
        assert bool(field["attributes"].get("options")) == (field["type"] == "dropdown")


def test_every_hook_runs_a_program_of_the_virtual_environment() -> None:
    (repository,) = read(".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        folder, _, program = hook["entry"].split()[0].rpartition("/")
        assert folder == ".venv/bin"
        assert (Path(sys.executable).parent / program).is_file()


def test_updates_are_asked_for_wherever_something_is_pinned() -> None:
    updates = {entry["package-ecosystem"]: entry for entry in read(".github/dependabot.yml")["updates"]}
    for ecosystem, name in {"pip": "requirements.txt", "npm": "package-lock.json", "docker": "Dockerfile"}.items():
        asked = [f"{folder}/{name}".strip("/") for folder in updates[ecosystem]["directories"]]
        covered = {file for pattern in asked for file in ROOT.glob(pattern)}
        assert {*ROOT.glob(name), *ROOT.glob(f"images/*/{name}")} <= covered
    assert "github-actions" in updates


def test_the_devcontainer_sets_up_what_checks_need() -> None:
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    assert container["postCreateCommand"] == "make setup-dev"


def test_workflows_test_every_python_from_the_oldest_that_is_supported() -> None:
    tested = read(".github/workflows/test.yml")["jobs"]["unit"]["strategy"]["matrix"]["python"]
    assert f">={tested[0]}" == PROJECT["requires-python"]
    minors = [int(version.removeprefix("3.")) for version in tested]
    assert minors == list(range(minors[0], minors[0] + len(minors)))

"""Each example, copied into the project as its page says: valid, planned, and without a violated mandatory policy."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from tests.unit.builders import ROOT
from tests.unit.cli.running import fleet, write_program

EXAMPLES = ROOT / "examples"
NAMES = ("litellm", "ollama", "vllm")
_TAGS = {("D02", "violation"), ("E05", "violation")}
_VARIABLES_AND_OWN_USER = {("F05", "violation"), ("A18", "waived")}
REPORTED = {
    "litellm": _TAGS | _VARIABLES_AND_OWN_USER,
    "ollama": _TAGS | _VARIABLES_AND_OWN_USER,
    "vllm": _TAGS,
}
"""Example -> what its plan reports, by rule; nothing else."""
COPIES = "cp -r examples/{name}/Pulumi.{name}.yaml examples/{name}/groups ."


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    """Name of an example, and of its stack."""
    return str(request.param)


def _copied(folder: Path, *names: str) -> Path:
    write_program(folder)
    for name in names:
        shutil.copy(EXAMPLES / name / f"Pulumi.{name}.yaml", folder)
        shutil.copytree(EXAMPLES / name / "groups", folder / "groups", dirs_exist_ok=True)
    return folder


def _groups(name: str) -> dict[str, dict[str, object]]:
    return {file.stem: yaml.safe_load(file.read_text()) for file in EXAMPLES.glob(f"{name}/groups/*/*.yaml")}


def test_every_example_is_tested() -> None:
    assert {file.parent.name for file in EXAMPLES.glob("*/README.md")} == set(NAMES)
    assert {folder.name for folder in EXAMPLES.iterdir() if folder.is_dir()} == set(NAMES)


def test_they_are_valid_together_in_the_shipped_project(tmp_path: Path) -> None:
    answer = fleet(_copied(tmp_path, *NAMES), "validate")
    assert answer.code == 0, answer.out + answer.err


def test_its_plan_violates_no_mandatory_policy_and_reports_what_the_page_says(name: str, tmp_path: Path) -> None:
    answer = fleet(_copied(tmp_path, name), "plan", name, "--json")
    assert answer.code == 0, answer.out + answer.err
    found = {(one["id"], one["kind"]) for one in json.loads(answer.out)["policy"]}
    assert found == REPORTED[name]
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert {rule for rule, _ in found if f"{rule} " not in page and f"[{rule}]" not in page} == set()


def test_the_fraction_of_the_cards_is_within_their_budget(tmp_path: Path) -> None:
    file = _copied(tmp_path, "vllm") / "groups/serving/vllm.yaml"
    file.write_text(file.read_text().replace("utilization=0.85", "utilization=0.95"))
    answer = fleet(tmp_path, "plan", "vllm", "--json")
    assert answer.code == 3, answer.out + answer.err
    assert {one["id"] for one in json.loads(answer.out)["policy"] if one["level"] == "mandatory"} == {"G05"}


def test_its_page_has_the_command_that_copies_it(name: str) -> None:
    text = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    assert f"\n    {COPIES.format(name=name)}\n" in text
    assert f"\n    make plan STACK={name}\n" in text


def test_its_page_gives_a_value_to_each_secret(name: str) -> None:
    text = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    containers = [one for group in _groups(name).values() for one in group["containers"].values()]  # type: ignore[attr-defined]
    secrets = {(secret, *how) for one in containers for secret, how in one.get("secrets", {}).items()}
    for secret, kind in secrets:
        shown = f"--secret secrets:{secret}" if kind == "env" else f"/srv/fleet/secrets/{secret}"
        assert shown in text, f"{name}: {secret} has no value by its page"

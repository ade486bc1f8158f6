"""Variables from files: their place, their precedence, and no secret among them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fleet.load.project import load_project
from fleet.plan.planner import plan_stack
from fleet.source.faults import ConfigurationError
from tests.trial_cluster import write_trial

MAIN = {
    "image": {"reference": "a/gateway:1"},
    "memory": {"request": "64MiB"},
    "cpu": {"limit": 1},
    "health": {"command": ["true"]},
}


def _project(folder: Path, files: dict[str, str], **main: Any) -> Path:
    write_trial(folder, groups={"gate": {"containers": {"main": {**MAIN, **main}}}}, on_host=["gate"])
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _faults(folder: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_project(folder)
    return [f"{f.source}:{f.line}: {f.path}: {f.problem}; {f.remedy}" for f in caught.value.faults]


def test_the_group_s_own_variables_come_last_and_a_later_file_before_an_earlier_one(tmp_path: Path) -> None:
    files = {"settings/a.env": "A=a\nB=a\nC=a\n", "settings/b.env": "B=b\nC=b\n"}
    root = _project(tmp_path, files, env_file=["settings/a.env", "settings/b.env"], env={"C": "c"})
    (container,) = plan_stack(load_project(root).fleet, "host").containers
    assert {name: container.env[name] for name in "ABC"} == {"A": "a", "B": "b", "C": "c"}


def test_a_secret_is_refused_by_name_and_line(tmp_path: Path) -> None:
    text = "LOG_LEVEL=info\n\nOPENAI_API_KEY=abc-def-4711\nURL=postgres://me:hunter2hunter@db/x\n"
    found = _faults(_project(tmp_path, {"gate.env": text}, env_file=["gate.env"]))
    assert [each.partition("; ")[0] for each in found] == [
        "gate.env:3: containers.main.env.OPENAI_API_KEY: is named like a secret and has a value",
        "gate.env:4: containers.main.env.URL: contains a secret value (password in a URL)",
    ]
    assert not any(value in each for each in found for value in ("abc-def", "hunter2"))


def test_every_fault_of_a_file_has_its_line(tmp_path: Path) -> None:
    text = "A=1\nA=2\nno variable\nFLEET_PORT=1\nB=$A\n"
    assert sorted(_faults(_project(tmp_path, {"gate.env": text}, env_file=["gate.env"]))) == [
        "gate.env:2: containers.main.env.A: is written twice, first in line 1; keep one",
        "gate.env:3: containers.main.env_file.0: is not NAME=value; write NAME=value, or # before a comment",
        "gate.env:4: containers.main.env.FLEET_PORT: is set by the plan: the agent host is configured by it; remove it",
        "gate.env:5: containers.main.env.B: takes a value from another variable, which a file of the plan cannot; "
        "write the value, or put a literal $ into single quotes",
    ]


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    cases = {
        "missing.env": "missing.env cannot be read (No such file or directory)",
        "folder": "folder cannot be read (it is a folder)",
        "../gate.env": '"../gate.env" is not a plain path',
        "settings//gate.env": '"settings//gate.env" is not a plain path',
        "/etc/passwd": '"/etc/passwd" is not below the project\'s folder',
        "": '"" is not a plain path',
    }
    wrong = []
    for file, problem in cases.items():
        found = _faults(_project(tmp_path, {}, env_file=[file]))
        wrong += [] if len(found) == 1 and f"containers.main.env_file.0: {problem}" in found[0] else [(file, found)]
    assert wrong == []


def test_a_group_that_extends_another_reads_its_file_and_may_drop_it(tmp_path: Path) -> None:
    root = _project(tmp_path, {"gate.env": "A=a\n"}, env_file=["gate.env"])
    heirs = {
        "heir": {"extends": "gate", "containers": {"main": {"env": {"A": "own"}}}},
        "other": {"extends": "gate", "containers": {"main": {"env_file": None}}},
    }
    write_trial(
        root,
        groups={"gate": {"containers": {"main": {**MAIN, "env_file": ["gate.env"]}}}, **heirs},
        on_host=["gate", "heir", "other"],
    )
    planned = {c.group: c.env.get("A") for c in plan_stack(load_project(root).fleet, "host").containers}
    assert planned == {"gate": "a", "heir": "own", "other": None}


def test_other_text_of_a_file_can_be_tried_without_writing_it(tmp_path: Path) -> None:
    root = _project(tmp_path, {"gate.env": "A=a\n"}, env_file=["gate.env"])
    (container,) = plan_stack(load_project(root, {"gate.env": "A=other\n"}).fleet, "host").containers
    assert container.env["A"] == "other"

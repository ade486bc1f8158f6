"""`fleet validate --json`: the stacks with their numbers, or the faults as data."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

from tests.unit.builders import place, swap, under
from tests.unit.cli.running import fleet, shipped, write_program


def test_a_valid_fleet_as_data_has_the_numbers_of_the_text() -> None:
    answer = shipped("validate", "--json")
    data = json.loads(answer.out)
    assert (answer.code, answer.err, data["expiring"], data["faults"]) == (0, "", [], [])
    text = shipped("validate").out.splitlines()
    for line, stack in zip(text, data["stacks"], strict=False):
        kind = "sandbox" if stack["sandbox"] else stack["target"]
        assert line.split()[:2] == [stack["name"], kind]
        assert [word for word in line.split() if word.isdigit()] == [str(stack["groups"]), str(stack["agents"])]
    assert [int(word) for word in text[-1].split() if word.isdigit()] == list(data["fleet"].values())


def test_one_stack_as_data() -> None:
    data = json.loads(shipped("validate", "pc2", "--json").out)
    assert ([stack["name"] for stack in data["stacks"]], data["fleet"]) == (["pc2"], None)


def test_a_stack_is_valid_while_another_is_not(tmp_path: Path) -> None:
    project = write_program(tmp_path, pc2=swap("cpus: 12", "cpus: many"))
    answer = fleet(project, "validate", "mainpc", "--json")
    data = json.loads(answer.out)
    unknown = {"target": None, "sandbox": None, "groups": None, "agents": None}
    assert (answer.code, data["stacks"]) == (0, [{"name": "mainpc", **unknown}])
    assert [(fault["file"], fault["path"]) for fault in data["faults"]] == [("Pulumi.pc2.yaml", "machine.cpus")]


def test_a_waiver_that_ends_soon_is_listed(tmp_path: Path) -> None:
    soon = (date.today() + timedelta(days=3)).isoformat()
    change = under("shared_memory", f"    waivers: {{E06: {{reason: measured by hand, until: {soon}}}}}")
    project = write_program(tmp_path, vision_gpu=change)
    data = json.loads(fleet(project, "validate", "--json").out)
    assert data["expiring"] == [{"place": place(project, "vision_gpu", "E06"), "rule": "E06", "until": soon}]

"""What a plan shows of tenants, its policies and its export included."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.builders import small_group, small_stack
from tests.unit.cli.running import fleet, write_program

GROUPS = {
    "hub": small_group(main="agents: {Hub: {}}"),
    "fox": small_group(top="tenant: red\npeers: [hub]", main="agents: {Fox: {}}"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stack = small_stack("wood", *GROUPS, tenants="{red: {subnet: 10.210.81.0/24}}")
    return write_program(tmp_path, stack_wood=stack, **GROUPS)


def test_a_plan_shows_whose_a_group_is_and_whom_it_serves(folder: Path) -> None:
    answer = fleet(folder, "plan", "wood", COLUMNS="140")
    assert answer.code == 0
    for name, words in {"fox": "tenant red", "hub": "serves tenant red"}.items():
        (line,) = (line for line in answer.out.splitlines() if f" {name} " in line)
        assert line.rstrip().endswith(words)


def test_a_plan_for_programs_has_tenants_and_no_violation(folder: Path) -> None:
    found = json.loads(fleet(folder, "plan", "wood", "--json").out)
    assert {group["name"]: (group["tenant"], group["serves"]) for group in found["groups"]} == {
        "fox": ("red", []),
        "hub": (None, ["red"]),
    }
    assert [verdict for verdict in found["policy"] if verdict["level"] == "mandatory"] == []

"""Files that a program has written back mean what they meant: Pulumi rewrites every value of a stack's file."""

from __future__ import annotations

from typing import Any

import yaml

from fleet.load.project import load_project
from fleet.model import Stack
from fleet.model.operation import RolloutState
from fleet.plan.planner import plan_stack
from tests.unit.builders import ROOT


def test_dumping_every_shipped_file_again_changes_no_plan() -> None:
    files = [*ROOT.glob("Pulumi.*.yaml"), *ROOT.glob("groups/*/*.yaml")]
    # Sorted keys would reorder maps, which order agents.
    texts = {
        str(file.relative_to(ROOT)): yaml.safe_dump(yaml.safe_load(file.read_text(encoding="utf-8")), sort_keys=False)
        for file in files
    }
    fleet, again = load_project(ROOT).fleet, load_project(ROOT, texts).fleet
    assert fleet.groups == again.groups
    assert [name for name in fleet.stacks if plan_stack(fleet, name) != plan_stack(again, name)] == []


def test_what_pulumi_writes_at_the_top_of_a_stack_is_read_as_what_was_written() -> None:
    """It turns each plain value there into text, and null into empty text."""
    cases: dict[str, tuple[Any, str]] = {
        "sandbox": (True, "true"),
        "stand_ins": (False, "false"),
        "without_gpu": (True, "true"),
        "monthly_budget_usd": (1.5, "1.5"),
        "monthly_management_usd": (100, "100"),
        "mode": (None, ""),
    }
    machine = load_project(ROOT).fleet.stacks["mainpc"].machine
    changed = {}
    for key, values in cases.items():
        read = [getattr(Stack.model_validate({"name": "pc", "machine": machine, key: value}), key) for value in values]
        if read[0] != read[1]:
            changed[key] = read
    assert not changed
    plain = {name for name, field in Stack.model_fields.items() if _is_plain(field.annotation)}
    assert plain - {"name"} == set(cases)


def test_a_time_without_quotes_is_read_as_pulumi_writes_it_back() -> None:
    cases = {
        "2026-01-31T12:00:00Z": "2026-01-31 12:00:00 +0000 UTC",
        "2026-01-31T12:00:00+02:00": "2026-01-31 12:00:00 +0200 +0200",
    }
    state = {"candidate": "registry.example/portal:2", "percent": 10}
    for written, rewritten in cases.items():
        assert RolloutState.model_validate({**state, "since": rewritten}) == RolloutState.model_validate(
            {**state, "since": written}
        )


def _is_plain(annotation: Any) -> bool:
    return any(part in str(annotation) for part in ("bool", "float", "str")) and not any(
        part in str(annotation) for part in ("Mapping", "tuple", "Images", "Machine")
    )

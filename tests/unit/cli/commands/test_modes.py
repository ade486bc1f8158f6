"""What a plan and the page say of a machine whose groups take turns."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from cli.judging import Judged
from cli.view.report.facts import Facts
from cli.view.report.page import page
from fleet.cost import shipped_prices, stack_cost
from fleet.load.project import load_project
from fleet.plan.planner import plan_stack
from tests.unit.cli.running import fleet, write_program

_MODES = """
  fleet:modes:
    talk: [language-stack-gpu, audio-emotion]
    see: [vision-gpu]
  fleet:mode: talk
"""


def _project(folder: Path) -> Path:
    return write_program(folder, mainpc=lambda text: text + _MODES)


def test_the_plan_draws_the_mode_that_is_deployed_and_the_others(tmp_path: Path) -> None:
    answer = fleet(_project(tmp_path), "plan", "mainpc", "--no-policy")
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert "mode   talk is deployed; off, volumes kept: vision-gpu" in lines
    assert [line for line in lines if "see, gpu0: RTX 4090   15 112 of 24 564 MiB" in line]
    assert not [line for line in lines if line.startswith("        vision-gpu ")]


def test_the_plan_for_programs_has_each_mode_with_its_cards(tmp_path: Path) -> None:
    answer = fleet(_project(tmp_path), "plan", "mainpc", "--json", "--no-policy")
    found = json.loads(answer.out)
    assert (found["mode"], found["off"]) == ("talk", ["vision-gpu"])
    assert found["modes"]["talk"] == found["gpus"]
    assert found["modes"]["see"][0]["requested_mib"] < found["gpus"][0]["requested_mib"]


def test_a_stack_without_modes_says_nothing_of_any(tmp_path: Path) -> None:
    answer = fleet(write_program(tmp_path), "plan", "mainpc", "--json", "--no-policy")
    assert not {"mode", "modes", "off"} & json.loads(answer.out).keys()


def test_the_page_has_a_bar_a_card_and_mode(tmp_path: Path) -> None:
    loaded = load_project(_project(tmp_path)).fleet
    plan = plan_stack(loaded, "mainpc")
    cost = stack_cost(loaded.stacks["mainpc"], loaded.groups, plan, shipped_prices())
    text = page((Facts(plan, Judged(1, 1, ()), cost),), date(2026, 1, 2))
    assert "Card gpu0, mode talk (deployed)" in text
    assert "Card gpu0, mode see" in text
    assert "15 112 of 24 564 MiB" in text
    assert "Off in this mode, volumes kept: vision-gpu" in text

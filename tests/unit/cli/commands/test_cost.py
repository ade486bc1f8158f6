"""`fleet cost`: every figure with its arithmetic, at any width, without colour."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.builders import ROOT
from tests.unit.cli.running import fleet, process, shipped, write_program


def _with_budget(usd: int) -> str:
    text = (ROOT / "Pulumi.pc2.yaml").read_text(encoding="utf-8")
    return text.replace("  fleet:groups:", f"  fleet:monthly_budget_usd: {usd}\n  fleet:groups:")


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("arguments", [(), ("mainpc",), ("cluster",), ("edge",), ("cloud",)])
def test_it_stays_within_the_width_and_has_no_control_codes(columns: int, arguments: tuple[str, ...]) -> None:
    answer = shipped("cost", *arguments, columns=columns)
    assert (answer.code, answer.err) == (0, "")
    assert max(len(line) for line in answer.out.splitlines()) <= columns
    assert "\x1b" not in answer.out


def test_each_figure_shows_how_it_was_made() -> None:
    text = shipped("cost", "mainpc").out
    assert "(90 W x 730 h + 470 W x 0 | 243.3 | 730 busy h) x $0.30 per kWh" in text
    # 90 x 0.73 x 0.30 = 19.71; 470 x 0.2433 x 0.30 = 34.31 more; 3200 / 48 = 66.67.
    lines = [line.split() for line in text.splitlines()]
    assert ["electricity", "19.71", "54.02", "122.64"] in lines
    assert ["wear", "66.67", "66.67", "66.67"] in lines
    assert ["total", "86.38", "120.69", "189.31"] in lines


def test_the_break_even_with_a_card_in_the_cloud_is_reported() -> None:
    text = " ".join(shipped("cost", "mainpc").out.split())
    assert "cheaper here from 95.6 hours of load a month = 86.38 / (1.0444 - 0.1410)" in text


def test_unknown_and_unverified_prices_are_marked_and_the_marks_explained() -> None:
    text = shipped("cost", "cluster").out
    assert "245.77*+" in text
    assert "\n* uses a price not verified on its vendor's page" in text
    assert "\n+ excludes unpriced items" in text
    assert "set machine.cluster.node_pools.general.usd_per_hour" in " ".join(text.split())


def test_assumptions_are_listed() -> None:
    assert "  8 hours per day: load.hours_per_day is unset in all groups" in shipped("cost", "pc2").out


def test_the_fleet_is_the_sum_of_its_stacks_without_sandboxes() -> None:
    found = json.loads(shipped("cost", "--json").out)
    assert [stack["stack"] for stack in found["stacks"]] == ["cloud", "cluster", "edge", "mainpc", "pc2"]
    for load in ("idle", "expected", "maximum"):
        assert found["usd"][load] == pytest.approx(sum(stack["usd"][load] for stack in found["stacks"]), abs=0.02)


def test_json_says_null_where_no_price_is_known() -> None:
    found = json.loads(shipped("cost", "cluster", "--json").out)
    assert found["unknown"] == ["pool general", "pool cards"]
    assert [part["usd"] for part in found["machine"]] == [None, None]
    assert found["as_of"] == "2026-11-21"


def test_an_unknown_stack_is_reported_with_the_known_ones() -> None:
    answer = shipped("cost", "nowhere")
    assert answer.code == 2
    assert answer.err.startswith('unknown stack "nowhere"; use one of cloud, ')


@pytest.mark.parametrize(("budget", "said"), [(60, "4.45 left of 60.00"), (50, "5.55 OVER the budget of 50.00")])
def test_a_budget_is_held_against_the_expected_load(budget: int, said: str, tmp_path: Path) -> None:
    project = write_program(tmp_path, pc2=_with_budget(budget))
    text = fleet(project, "cost", "pc2").out
    assert f"budget: {said} at expected load; " in text
    assert f"budget {budget}.00" in text.splitlines()[2]


def test_a_plan_shows_the_cost_against_its_budget_and_g20_holds_it(tmp_path: Path) -> None:
    project = write_program(tmp_path, pc2=_with_budget(60))
    answer = fleet(project, "plan", "pc2")
    assert answer.code == 0
    assert "cost   $55.55 expected, budget $60.00 a month; idle $40.22, maximum $86.21" in answer.out
    assert "G21 highest-cost   advisory" in answer.out


def test_a_plan_above_its_budget_is_refused(tmp_path: Path) -> None:
    project = write_program(tmp_path, pc2=_with_budget(50))
    answer = fleet(project, "plan", "pc2")
    assert answer.code == 3
    assert "G20 monthly-budget   mandatory" in answer.out
    assert "pc2 is expected to cost $55.55 a month, $5.55 more than its budget of $50.00" in answer.out


def test_a_plan_without_a_budget_publishes_no_cost() -> None:
    plan = json.loads(shipped("plan", "pc2", "--json").out)
    assert "cost" not in plan
    assert "monthly" not in json.dumps(plan["resources"])


def test_a_terminal_without_block_characters_gets_a_bar_too(tmp_path: Path) -> None:
    answer = process(write_program(tmp_path), "cost", "pc2", PYTHONIOENCODING="ascii", COLUMNS="80")
    assert (answer.code, answer.err) == (0, "")
    assert "###" in answer.out


def test_the_shipped_clouds_expected_cost_is_within_its_budget() -> None:
    found = json.loads(shipped("cost", "cloud", "--json").out)
    assert found["usd"]["idle"] == 0
    assert found["usd"]["expected"] <= found["budget_usd"]
    assert shipped("plan", "cloud").code == 0

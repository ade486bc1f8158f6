"""G20 monthly-budget: the expected load is held to."""

from __future__ import annotations

from typing import Any

import pytest

from policy.engine.catalogue import rule
from policy.engine.judge import Kind
from policy.views.registered import UNKNOWN
from tests.policy.builders import costing, judged, machine, verdicts, violation

G20 = rule("G20")


def test_it_holds_for_a_machine_without_a_budget() -> None:
    assert judged(G20, machine()) == {}


def test_it_holds_up_to_the_last_cent_of_a_budget() -> None:
    assert judged(G20, costing(100.0, 100.0)) == {}


def test_an_expected_cost_above_the_budget_is_refused_by_how_much() -> None:
    message = violation(G20, costing(1234.5, 2000.0))
    assert "expected to cost $1 234.50 a month, $1 134.50 more than its budget of $100.00" in message
    assert "fleet cost <stack>" in message


def test_a_cent_above_the_budget_is_too_much() -> None:
    assert "$0.01 more" in violation(G20, costing(100.01, 100.01))


def test_a_highest_cost_above_the_budget_is_not_its_matter() -> None:
    assert judged(G20, costing(99.0, 500.0)) == {}


def test_a_budget_without_a_cost_is_refused() -> None:
    assert "publishes no cost" in violation(G20, machine(monthlyBudgetUsd=50))


@pytest.mark.parametrize("cost", [UNKNOWN, {"expected": UNKNOWN}])
def test_a_cost_that_is_not_known_yet_is_not_judged_as_none(cost: Any) -> None:
    (verdict,) = verdicts(G20, machine(monthlyCostUsd=cost, monthlyBudgetUsd=50))
    assert verdict.kind is Kind.UNKNOWN

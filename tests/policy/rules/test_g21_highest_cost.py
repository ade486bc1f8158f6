"""G21 highest-cost: reports where a budget may be exceeded."""

from __future__ import annotations

from policy.engine.catalogue import rule
from tests.policy.builders import costing, judged, machine, violation

G21 = rule("G21")


def test_it_holds_for_a_machine_without_a_budget() -> None:
    assert judged(G21, machine()) == {}


def test_it_holds_where_the_most_is_the_budget() -> None:
    assert judged(G21, costing(50.0, 100.0)) == {}


def test_a_highest_cost_above_the_budget_is_reported() -> None:
    assert "may cost $500.00 a month at maximum load" in violation(G21, costing(99.0, 500.0))


def test_an_unknown_price_is_reported() -> None:
    message = violation(G21, costing(10.0, 20.0, monthlyCostUnknown=["nvidia-rtx-pro-6000"]))
    assert "unpriced items (nvidia-rtx-pro-6000)" in message

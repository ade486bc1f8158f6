"""The charge of a deployment: only where there is a budget."""

from __future__ import annotations

from fleet.charge import charged
from tests.trial_cloud import trial
from tests.unit.builders import planned, shipped


def test_a_stack_without_a_budget_has_no_charge() -> None:
    plan = planned("mainpc")
    assert charged(plan, shipped()) is plan


def test_a_stack_with_a_budget_is_charged_in_whole_cents() -> None:
    charge = trial(cloud={"budget": {"monthly_usd": 99.5}}).charge
    assert charge is not None
    assert charge.budget_usd == 99.5
    assert 0 < charge.idle_usd <= charge.expected_usd <= charge.maximum_usd
    assert charge.idle_usd == round(charge.idle_usd, 2)

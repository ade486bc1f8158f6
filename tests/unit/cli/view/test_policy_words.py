"""Counts of policy results: rules and nothing else, so that they add up."""

from __future__ import annotations

from cli.view.policy_words import rules_text


def test_a_rule_counts_once_by_its_worst_result() -> None:
    results = [("A01", "waived"), ("A01", "waived"), ("A02", "waived"), ("A02", "mandatory"), ("E06", "advisory")]
    assert rules_text(106, 109, results) == "106 of 109 rules passed, 1 violated, 1 advisory, 1 waived"


def test_that_all_passed_is_said_in_short() -> None:
    assert rules_text(109, 109, []) == "all 109 rules passed"

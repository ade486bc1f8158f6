"""Counts of policy results, all in rules."""

from __future__ import annotations

from collections.abc import Iterable

STANDINGS = {"mandatory": "violated", "advisory": "advisory", "waived": "waived"}
"""Standing of a result -> word for rules with such results; worst first."""


def worst_standings(results: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Standing -> number of rules with it as their worst. results: (rule, standing)."""
    ranks = list(STANDINGS)
    worst: dict[str, int] = {}
    for rule, standing in results:
        worst[rule] = min(worst.get(rule, len(ranks)), ranks.index(standing))
    return {standing: list(worst.values()).count(rank) for rank, standing in enumerate(ranks)}


def rules_text(passed: int, rules: int, results: Iterable[tuple[str, str]]) -> str:
    """`all 109 rules passed`; `106 of 109 rules passed, 1 violated, 2 waived`."""
    if passed == rules:
        return f"all {rules} rules passed"
    counts = worst_standings(results)
    others = [f"{number} {STANDINGS[standing]}" for standing, number in counts.items() if number]
    return ", ".join([f"{passed} of {rules} rules passed", *others])

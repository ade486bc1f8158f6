"""The offline judge: applies every rule to what a program registered, as the policy pack would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fleet.frozen import dataclass
from policy.core.rule import Level, Rule, StackRule
from policy.core.verdict import Kind, Terms, Verdict, single_verdicts, stack_verdicts
from policy.engine.catalogue import rules
from policy.engine.config import PolicyConfig
from policy.readers.stack import stack_view
from policy.views.registered import Registered
from policy.views.stack import StackView

__all__ = ["Judgement", "Kind", "Verdict", "judge"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """All verdicts, by rule id and then in order of registration.

    rules_run: rules that are not disabled; rules_held: those without any verdict, even advisory.
    """

    verdicts: tuple[Verdict, ...]
    rules_run: int
    rules_held: int


def judge(registered: Sequence[Registered], config: PolicyConfig | None, today: date) -> Judgement:
    """Judges a stack. Waivers are compared with `today`."""
    config = config or PolicyConfig()
    stack = stack_view(registered)
    verdicts: list[Verdict] = []
    run = held = 0
    for rule in rules():
        terms = Terms(config.level(rule), config.settings(rule), today)
        if terms.level is Level.DISABLED:
            continue
        found = _judge(rule, stack, terms)
        verdicts += found
        run += 1
        held += not found
    return Judgement(tuple(verdicts), run, held)


def _judge(rule: Rule, stack: StackView, terms: Terms) -> list[Verdict]:
    if isinstance(rule, StackRule):
        return stack_verdicts(rule, stack, terms)
    return single_verdicts(rule, stack, terms)

"""The catalogue of rules: every module of `policy/rules` is one."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from policy import rules as package
from policy.core.rule import Rule


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, by id.

    Raises TypeError if a module of the package has no `RULE`, ValueError if two have the same id.
    """
    found = [_rule_of(f"{package.__name__}.{module.name}") for module in iter_modules(package.__path__)]
    twice = sorted(rule_id for rule_id, times in Counter(rule.id for rule in found).items() if times > 1)
    if twice:
        msg = f"{package.__name__} has two rules with id {', '.join(twice)}; change the id of one"
        raise ValueError(msg)
    return tuple(sorted(found, key=lambda rule: rule.id))


def rule(rule_id: str) -> Rule:
    """The rule of an id such as `A01`.

    Raises KeyError if there is none.
    """
    return _by_id()[rule_id]


@cache
def _by_id() -> dict[str, Rule]:
    return {rule.id: rule for rule in rules()}


def _rule_of(module: str) -> Rule:
    found = getattr(import_module(module), "RULE", None)
    if not isinstance(found, Rule):
        msg = f"{module} has no RULE; add one, or move it out of {package.__name__}"
        raise TypeError(msg)
    return found

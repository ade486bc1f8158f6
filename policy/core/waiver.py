"""Waivers: a container's label that says why it may break a rule, and until when.

A hardening exception waives the rules about its field; a waiver proper names one rule by its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from fleet.frozen import dataclass
from fleet.labels import EXCEPTION_PREFIX, WAIVER_PREFIX
from fleet.model.waiver import WARN_DAYS
from fleet.redaction import holds_secret_value
from policy.core.rule import Rule


@dataclass(frozen=True, slots=True)
class Waiver:
    """One waiver as its label states it; `until` is its last day, None where the label is malformed."""

    label: str
    until: date | None
    reason: str

    def holds(self, today: date) -> bool:
        """Whether it still waives."""
        return self.until is not None and today <= self.until

    def explain(self, today: date) -> str:
        """Why a finding is waived, or why it is not."""
        if self.until is None:
            return f"label {self.label} is not `<last day, as 2027-03-31> <reason>`, so it waives nothing"
        if self.holds(today):
            return f"waived until {self.until.isoformat()}: {self.reason}"
        what = "waiver" if self.label.startswith(WAIVER_PREFIX) else "exception"
        return f"the {what} ended on {self.until.isoformat()} ({self.reason})"

    def warning(self, today: date) -> str:
        """That it ends soon; empty long before that."""
        left = (self.until - today).days if self.until else WARN_DAYS + 1
        if left > WARN_DAYS:
            return ""
        when = "today is its last day" if left == 0 else f"it ends in {left} day{'s' if left > 1 else ''}"
        return f"{when}: mend this until then, or decide anew"


def waiver_of(rule: Rule, labels: Mapping[str, str], today: date) -> Waiver | None:
    """The waiver of a rule that labels carry: one that holds before one that does not. None for a rule without any."""
    found = [
        _find(labels, f"{EXCEPTION_PREFIX}{rule.exception}") if rule.exception else None,
        _find(labels, f"{WAIVER_PREFIX}{rule.id}") if rule.waivable else None,
    ]
    given = [waiver for waiver in found if waiver]
    return next((waiver for waiver in given if waiver.holds(today)), given[0] if given else None)


def common_waiver(rule: Rule, carriers: Iterable[Mapping[str, str]], today: date) -> Waiver | None:
    """The waiver of what several containers make together: all must carry one, and that which ends first counts."""
    found = [_find(labels, f"{WAIVER_PREFIX}{rule.id}") for labels in carriers] if rule.waivable else []
    given = [waiver for waiver in found if waiver]
    if len(given) < len(found):
        return None
    return min(given, key=lambda waiver: waiver.until or date.min, default=None)


def ignored_waiver(rule: Rule, labels: Mapping[str, str]) -> str:
    """What to say of a waiver that a rule does not take; empty where none is given."""
    label = f"{WAIVER_PREFIX}{rule.id}"
    return (
        "" if rule.waivable or label not in labels else f"label {label} waives nothing: no waiver holds for {rule.id}"
    )


def _find(labels: Mapping[str, str], label: str) -> Waiver | None:
    text = labels.get(label)
    if text is None:
        return None
    day, _, reason = text.strip().partition(" ")
    reason = "(not shown)" if holds_secret_value(reason) else reason.strip()
    return Waiver(label, _date(day) if reason else None, reason)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

"""Waivers: a container's label that says why a hardening field is weaker than it should be, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fleet.labels import EXCEPTION_PREFIX
from fleet.secrets import holds_secret_value


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
        return f"the exception ended on {self.until.isoformat()} ({self.reason})"


def find_waiver(labels: Mapping[str, str], exception: str) -> Waiver | None:
    """The waiver of a hardening field, if a container carries one."""
    label = f"{EXCEPTION_PREFIX}{exception}"
    text = labels.get(label) if exception else None
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

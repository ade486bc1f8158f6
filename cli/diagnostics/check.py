"""One judgement about a machine or what runs on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check came out, from harmless to harmful."""

    GOOD = "good"
    UNKNOWN = "unknown"
    """It cannot be seen from here; the mend shows it."""
    WARNING = "warning"
    """A deployment works all the same."""
    WRONG = "wrong"


SEVERITY = tuple(Status)
"""Statuses in growing need of attention."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, and what it rests on."""

    subject: str
    """The container, volume, network, card or part of the machine."""
    check: str
    status: Status
    figure: str
    mend: str = ""
    """Command that mends it or shows more; empty where it is good."""
    brief: str = ""
    """The figure in a word or two, for a table."""
    share: float | None = None
    """How much of a limit is used, from 0 to 1, where that can be drawn."""


def good(subject: str, check: str, figure: str, brief: str = "", share: float | None = None) -> Check:
    """All is as it should be."""
    return Check(subject, check, Status.GOOD, figure, "", brief, share)


def wrong(subject: str, check: str, figure: str, mend: str, brief: str = "wrong", share: float | None = None) -> Check:
    """It has to be mended."""
    return Check(subject, check, Status.WRONG, figure, mend, brief, share)


def warning(subject: str, check: str, figure: str, mend: str) -> Check:
    """It could be better."""
    return Check(subject, check, Status.WARNING, figure, mend, "warning")


def unknown(subject: str, check: str, figure: str, mend: str, brief: str = "unknown") -> Check:
    """It could not be seen; the figure says why."""
    return Check(subject, check, Status.UNKNOWN, figure, mend, brief)


def counts(checks: Iterable[Check]) -> Mapping[Status, int]:
    """Status -> number of checks, every status included, from harmless to harmful."""
    counted = Counter(check.status for check in checks)
    return {status: counted[status] for status in SEVERITY}


def worst(checks: Iterable[Check]) -> Status:
    """The status in most need of attention."""
    return max((check.status for check in checks), key=SEVERITY.index, default=Status.GOOD)

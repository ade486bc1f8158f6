"""The outcome of one check of a machine or of a container on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Status(StrEnum):
    """Outcomes, from harmless to harmful; `unknown` cannot be seen from here, a `warning` stops no deployment."""

    GOOD = "good"
    UNKNOWN = "unknown"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """One outcome with the figures behind it.

    subject: the container, volume, network, card or part of the machine; fix: the command that fixes it or shows more,
    empty when it is good; brief: the figure in a word or two, for a table; share: used part of a limit, from 0 to 1;
    stops: whether an update is certain to fail at it.
    """

    subject: str
    check: str
    status: Status
    figure: str
    fix: str = ""
    brief: str = ""
    share: float | None = None
    stops: bool = False


def good(subject: str, check: str, figure: str, brief: str = "", share: float | None = None) -> Check:
    """The check passed."""
    return Check(subject, check, Status.GOOD, figure, "", brief, share)


def wrong(subject: str, check: str, figure: str, fix: str, brief: str = "wrong", share: float | None = None) -> Check:
    """The check failed."""
    return Check(subject, check, Status.WRONG, figure, fix, brief, share)


def obstacle(subject: str, check: str, figure: str, fix: str) -> Check:
    """The check failed, and an update is certain to fail at it."""
    return replace(wrong(subject, check, figure, fix), stops=True)


def warning(subject: str, check: str, figure: str, fix: str) -> Check:
    """Could be better."""
    return Check(subject, check, Status.WARNING, figure, fix, "warning")


def unknown(subject: str, check: str, figure: str, fix: str, brief: str = "unknown") -> Check:
    """Could not be determined; the figure gives the reason."""
    return Check(subject, check, Status.UNKNOWN, figure, fix, brief)


def expect(
    subject: str, check: str, passed: object, figure: str, problem: str, fix: str, failed: Callable[..., Check] = wrong
) -> Check:
    """Good with a figure if it passed, else `failed` with the problem."""
    return good(subject, check, figure) if passed else failed(subject, check, problem, fix)


def counts(checks: Sequence[Check]) -> Mapping[Status, int]:
    """Number of checks by status, zeros included."""
    return {status: sum(check.status is status for check in checks) for status in Status}


def worst(checks: Iterable[Check]) -> Status:
    """The most harmful status."""
    return max((check.status for check in checks), key=list(Status).index, default=Status.GOOD)

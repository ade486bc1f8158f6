"""Hardening exceptions expire."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from fleet.checks.waivers import DAYS_MAX, too_far
from fleet.model import Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources


def ensure_exceptions_are_current(fleet: Fleet, sources: Sources, today: date | None = None) -> Iterator[Fault]:
    """An exception is valid through its last day."""
    for name, group in fleet.groups.items():
        for key, container in group.containers.items():
            for place, exception in container.hardening.excused.items():
                path, field = ("containers", key, "hardening", *place, "until"), place[-1]
                if exception.until < (today or date.today()):
                    problem = f"the exception for {field} expired on {exception.until}"
                    remedy = f"harden {field} again, or review the exception and set a later date"
                    yield sources.group_fault(name, path, problem, remedy)
                elif (exception.until - (today or date.today())).days > DAYS_MAX:
                    yield sources.group_fault(name, path, *too_far(exception.until))

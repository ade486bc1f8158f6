"""Hardening over time and across containers: exceptions end, and clients of one MPS server share a user."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from fleet.model import Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources


def ensure_exceptions_are_current(fleet: Fleet, sources: Sources, today: date) -> Iterator[Fault]:
    """An exception holds until its last day and not a day longer."""
    for name, group in fleet.groups.items():
        for key, container in group.containers.items():
            for field, exception in container.hardening.exceptions.items():
                if exception.until < today:
                    path = ("containers", key, "hardening", "exceptions", field, "until")
                    problem = f"the exception for {field} ended on {exception.until}"
                    yield sources.group_fault(
                        name, path, problem, f"harden {field} again, or decide anew and set a later day"
                    )

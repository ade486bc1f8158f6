"""Waivers expire, and some rules cannot be waived."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from fleet.labels import WAIVER_WARN_DAYS
from fleet.model import ContainerGroup, Fleet, Waiver
from fleet.model.waiver import UNWAIVABLE
from fleet.source.document import KeyPath
from fleet.source.faults import Fault
from fleet.source.locations import Sources

_INSTEAD = {
    "F04": "name the value under `secrets` instead",
    "G01": "lower gpu.request, or move a group to another card",
}


DAYS_MAX = 5 * 366
"""Days to the last day of a waiver or exception at most; one further away is no end."""


def too_far(until: date) -> tuple[str, str]:
    """Problem and remedy of a last day that is too far away."""
    return f"{until} is more than {DAYS_MAX // 366} years away, which is no end", "set the day of the next review"


def waivers_of(group: ContainerGroup) -> Iterator[tuple[KeyPath, str, Waiver]]:
    """(path, rule id, waiver) of a group and of its containers."""
    for rule, waiver in group.waivers.items():
        yield ("waivers", rule), rule, waiver
    for key, container in group.containers.items():
        for rule, waiver in container.waivers.items():
            yield ("containers", key, "waivers", rule), rule, waiver


def expiring(fleet: Fleet, sources: Sources, today: date) -> Iterator[tuple[str | None, str, date]]:
    """(`file:line`, rule id, last day) of each waiver that ends soon."""
    for name, group in fleet.groups.items():
        for path, rule, waiver in waivers_of(group):
            if (waiver.until - today).days <= WAIVER_WARN_DAYS:
                yield sources.place_of_group(name, path), rule, waiver.until


def ensure_waivers_hold(fleet: Fleet, sources: Sources, today: date | None = None) -> Iterator[Fault]:
    """A waiver is valid through its last day, and for rules that can be waived."""
    for name, group in fleet.groups.items():
        for path, rule, waiver in waivers_of(group):
            if rule in UNWAIVABLE:
                remedy = f"{_INSTEAD[rule]}, and drop the waiver"
                yield sources.group_fault(name, path, f"{rule} cannot be waived", remedy)
            elif waiver.until < (today or date.today()):
                problem = f"the waiver of {rule} expired on {waiver.until}"
                remedy = f"comply with {rule} (fleet policy explain {rule}), or review the waiver and set a later date"
                yield sources.group_fault(name, (*path, "until"), problem, remedy)
            elif (waiver.until - (today or date.today())).days > DAYS_MAX:
                yield sources.group_fault(name, (*path, "until"), *too_far(waiver.until))

"""Waivers over time, and those that nobody may give."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from fleet.model import ContainerGroup, Fleet, Waiver
from fleet.model.waiver import UNWAIVABLE
from fleet.source.document import KeyPath
from fleet.source.faults import Fault
from fleet.source.locations import Sources

_NEVER = {
    "F04": "name the value under `secrets` instead",
    "G01": "lower gpu.request, or move a group to another card",
}


def waivers_of(group: ContainerGroup) -> Iterator[tuple[KeyPath, str, Waiver]]:
    """(path, id of the rule, waiver) of the group's own and of each container's."""
    for rule, waiver in group.waivers.items():
        yield ("waivers", rule), rule, waiver
    for key, container in group.containers.items():
        for rule, waiver in container.waivers.items():
            yield ("containers", key, "waivers", rule), rule, waiver


def ensure_waivers_hold(fleet: Fleet, sources: Sources, today: date) -> Iterator[Fault]:
    """A waiver holds until its last day and not a day longer; some rules take none."""
    for name, group in fleet.groups.items():
        for path, rule, waiver in waivers_of(group):
            if rule in UNWAIVABLE:
                problem = f"{rule} is a rule that nothing waives"
                yield sources.group_fault(name, path, problem, f"{_NEVER[rule]}, and drop the waiver")
            elif waiver.until < today:
                problem = f"the waiver of {rule} ended on {waiver.until}"
                remedy = f"keep {rule} again (fleet policy explain {rule}), or decide anew and set a later day"
                yield sources.group_fault(name, (*path, "until"), problem, remedy)

"""The waivers of a fleet, joined with the policy rules they waive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fleet.checks.waivers import waivers_of
from fleet.load.project import Project
from fleet.model import Waiver
from fleet.model.hardening import HardeningException
from fleet.source.document import KeyPath
from fleet.source.faults import ConfigurationError
from fleet.suggest import suggestion
from policy.core.rule import Rule
from policy.engine.catalogue import rules


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """A waiver, or one rule that a hardening exception waives."""

    rule: str
    name: str
    group: str
    container: str
    """Empty if the whole group has the waiver."""
    until: date
    days_left: int
    reason: str
    place: str
    """`file:line`."""


def ensure_waivers_name_rules(project: Project) -> None:
    """Raises ConfigurationError with every waiver of an unknown rule."""
    given = [(name, path, rule) for name, group in project.fleet.groups.items() for path, rule, _ in waivers_of(group)]
    # Importing every rule is slow, and most fleets have no waiver.
    known = {rule.id for rule in rules()} if given else set()
    faults = [
        project.sources.group_fault(
            name, path, f"unknown rule {rule}", f"{suggestion(rule, known)} (fleet policy list shows all)"
        )
        for name, path, rule in given
        if rule not in known
    ]
    if faults:
        raise ConfigurationError(faults)


def waiver_rows(project: Project, today: date) -> list[WaiverRow]:
    """Every waiver of the fleet, by its last day."""

    def row(rule: Rule, group: str, path: KeyPath, waiver: Waiver | HardeningException) -> WaiverRow:
        container = str(path[1]) if path[0] == "containers" else ""
        place = project.sources.place_of_group(group, path) or ""
        days_left = (waiver.until - today).days
        return WaiverRow(rule.id, rule.name, group, container, waiver.until, days_left, waiver.reason, place)

    by_id, rows = {rule.id: rule for rule in rules()}, list[WaiverRow]()
    for name, group in project.fleet.groups.items():
        rows += [row(by_id[rule_id], name, path, waiver) for path, rule_id, waiver in waivers_of(group)]
        for key, container in group.containers.items():
            for place, exception in container.hardening.excused.items():
                path, field = ("containers", key, "hardening", *place), place[-1]
                rows += [row(rule, name, path, exception) for rule in rules() if rule.exception == field]
    return sorted(rows, key=lambda row: (row.until, row.rule, row.group, row.container))

"""The waivers of a fleet beside the rules they are for: what `fleet` knows of the one and `policy` of the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fleet.checks.waivers import waivers_of
from fleet.load.project import Project
from fleet.source.faults import ConfigurationError, Fault
from fleet.suggest import suggestion
from policy.core.rule import Rule
from policy.engine.catalogue import rules


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """One waiver that a group's file gives, or a hardening exception for each rule that it waives."""

    rule: str
    name: str
    group: str
    container: str
    """Empty where it is the whole group's."""
    until: date
    days_left: int
    reason: str
    place: str
    """`file:line`."""


def ensure_waivers_name_rules(project: Project) -> None:
    """Raises ConfigurationError with every waiver that names no rule there is."""
    given = [(name, path, rule) for name, group in project.fleet.groups.items() for path, rule, _ in waivers_of(group)]
    # Reading every rule takes longer than all the rest of a validation: only where something is waived.
    known = {rule.id for rule in rules()} if given else set()
    faults: list[Fault] = []
    for name, path, rule in given:
        if rule not in known:
            remedy = f"{suggestion(rule, known)} (fleet policy list shows them all)"
            faults.append(project.sources.group_fault(name, path, f"{rule} is no rule", remedy))
    if faults:
        raise ConfigurationError(faults)


def waiver_rows(project: Project, today: date) -> list[WaiverRow]:
    """Every waiver of the fleet, those that end first before the others."""
    return sorted(_rows(project, today), key=lambda row: (row.until, row.rule, row.group, row.container))


def _rows(project: Project, today: date) -> Iterator[WaiverRow]:
    by_id = {rule.id: rule for rule in rules()}
    for name, group in project.fleet.groups.items():
        for path, rule_id, waiver in waivers_of(group):
            key = str(path[1]) if path[0] == "containers" else ""
            place = project.sources.place_of_group(name, path)
            yield _row(by_id[rule_id], name, key, waiver.until, waiver.reason, place, today)
        for key, container in group.containers.items():
            for field, exception in container.hardening.exceptions.items():
                place = project.sources.place_of_group(name, ("containers", key, "hardening", "exceptions", field))
                for rule in rules():
                    if rule.exception == field:
                        yield _row(rule, name, key, exception.until, exception.reason, place, today)


def _row(rule: Rule, group: str, key: str, until: date, reason: str, place: str, today: date) -> WaiverRow:
    return WaiverRow(rule.id, rule.name, group, key, until, (until - today).days, reason, place)

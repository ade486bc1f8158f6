"""Waivers in a group's file: one rule each, with a reason and an end, and none of some."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from fleet.labels import WAIVER_PREFIX
from fleet.model.waiver import UNWAIVABLE
from policy.engine.catalogue import rules
from tests.unit.builders import LATER, assert_accepted, container, faults_of, planned, under, write_project

WHY = f"{{reason: the vendor mends it in spring, until: {LATER}}}"


def _waived(rule: str, until: str = LATER) -> str:
    return f"waivers: {{{rule}: {{reason: the vendor mends it in spring, until: {until}}}}}"


def _added(text: str, *lines: str) -> str:
    return "\n".join([text.rstrip(), *lines, ""])


def _faults(folder: Path, *lines: str) -> list[str]:
    """Every fault, without its file and line."""
    found = faults_of(write_project(folder, vision_gpu=lambda text: _added(text, *lines)))
    return [fault.partition(": ")[2] for fault in found]


def test_a_waiver_of_a_group_and_one_of_a_container_travel_as_labels(tmp_path: Path) -> None:
    def change(text: str) -> str:
        return _added(under("shared_memory: 1GiB", f"    waivers: {{C03: {WHY}}}")(text), _waived("E06"))

    project = assert_accepted(tmp_path, vision_gpu=change)
    labels = container(planned("mainpc", project.fleet), "vision-gpu").labels
    said = {name: value for name, value in labels.items() if name.startswith(WAIVER_PREFIX)}
    why = f"{LATER} the vendor mends it in spring"
    assert said == {"fleet.waiver.C03": why, "fleet.waiver.E06": why}


def test_a_waiver_holds_on_its_last_day(tmp_path: Path) -> None:
    assert _faults(tmp_path, _waived("E06", date.today().isoformat())) == []


def test_a_waiver_that_ended_is_refused(tmp_path: Path) -> None:
    yesterday = date.today() - timedelta(days=1)
    (fault,) = _faults(tmp_path, _waived("E06", yesterday.isoformat()))
    assert fault == (
        f"waivers.E06.until: the waiver of E06 expired on {yesterday}; "
        "comply with E06 (fleet policy explain E06), or review the waiver and set a later date"
    )


@pytest.mark.parametrize("rule", sorted(UNWAIVABLE))
def test_some_rules_cannot_be_waived(rule: str, tmp_path: Path) -> None:
    (fault,) = _faults(tmp_path, _waived(rule))
    assert fault.startswith(f"waivers.{rule}: {rule} cannot be waived; ")
    assert fault.endswith(", and drop the waiver")


@pytest.mark.parametrize("key", ['"*"', "E", '"E*"', "all", "e06"])
def test_nothing_waives_several_rules_at_once(key: str, tmp_path: Path) -> None:
    (fault,) = _faults(tmp_path, _waived(key))
    assert "use the id of one rule, like E06" in fault


def test_a_waiver_states_a_reason(tmp_path: Path) -> None:
    (fault,) = _faults(tmp_path, f"waivers: {{E06: {{until: {LATER}}}}}")
    assert fault == "waivers.E06.reason: is missing; add it"


def test_the_files_and_the_rules_agree_on_what_nothing_waives() -> None:
    assert {rule.id for rule in rules() if not rule.waivable} == UNWAIVABLE


def test_a_last_day_that_nobody_lives_to_see_is_no_end(tmp_path: Path) -> None:
    for until in ("9999-12-31", "2999-01-01", (date.today() + timedelta(days=5 * 366 + 1)).isoformat()):
        (fault,) = _faults(tmp_path, _waived("E06", until))
        assert fault == (
            f"waivers.E06.until: {until} is more than 5 years away, which is no end; set the day of the next review"
        )
    assert _faults(tmp_path, _waived("E06", (date.today() + timedelta(days=5 * 366)).isoformat())) == []

"""Exceptions from hardening end on their date."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from fleet.checks.hardening import ensure_exceptions_are_current
from tests.unit.builders import Change, assert_accepted, assert_refused, faults_of, under, write_project


def weakened(until: str) -> Change:
    exception = f"{{run_as: {{reason: reads the camera, until: {until}}}}}"
    return under("{request: 500m", f'    hardening: {{run_as: "0:0", exceptions: {exception}}}')


def test_an_exception_that_ended_is_refused(tmp_path: Path) -> None:
    message = (
        "containers.main.hardening.exceptions.run_as.until: the exception for run_as expired on 2024-02-29; "
        "harden run_as again, or review the exception and set a later date"
    )
    assert_refused(tmp_path, "tutor_suite_cpu", "until:", message, tutor_suite_cpu=weakened("2024-02-29"))


def test_an_exception_holds_on_its_last_day_and_not_on_the_next(tmp_path: Path) -> None:
    last = date.today() + timedelta(days=400)
    project = assert_accepted(tmp_path, tutor_suite_cpu=weakened(last.isoformat()))
    assert list(ensure_exceptions_are_current(project.fleet, project.sources, last)) == []
    assert len(list(ensure_exceptions_are_current(project.fleet, project.sources, last + timedelta(days=1)))) == 1


@pytest.mark.parametrize("until", ["someday", "2999-02-30", "30s"])
def test_an_end_date_that_is_none_is_refused(tmp_path: Path, until: str) -> None:
    faults = faults_of(write_project(tmp_path, tutor_suite_cpu=weakened(f'"{until}"')))
    assert len(faults) == 1
    assert f'exceptions.run_as.until: "{until}" is not a date' in faults[0]


def test_an_exception_without_an_end_in_sight_is_refused(tmp_path: Path) -> None:
    (fault,) = faults_of(write_project(tmp_path, tutor_suite_cpu=weakened("9999-12-31")))
    assert "exceptions.run_as.until: 9999-12-31 is more than 5 years away, which is no end" in fault

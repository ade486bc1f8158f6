"""Schedules in cron's form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.cron import fault_of


@pytest.mark.parametrize(
    "schedule",
    [
        "30 3 * * *", "*/15 * * * *", "0 0,12 1-15 * *", "5 4 * JAN-mar sun", "0 22 * * 1-5", "0 0 29 2 *", "0 0 * * 7",
        "0 0 31 2 1", "0-59/5 * * * *", "  30   3 * * *  ", "@daily", "@HOURLY",
    ],
)  # fmt: skip
def test_a_schedule_is_accepted(schedule: str) -> None:
    assert fault_of(schedule) == ""


@pytest.mark.parametrize(
    ("schedule", "fault"),
    [
        ("", "it has 0 fields, not 5"),
        ("30", "it has 1 field, not 5"),
        ("0 30 3 * * *", "it has 6 fields, not 5"),
        ("60 3 * * *", 'its minute "60" is not from 0 to 59'),
        ("0 24 * * *", 'its hour "24" is not from 0 to 23'),
        ("0 0 0 * *", 'its day of the month "0" is not from 1 to 31'),
        ("0 0 * 13 *", 'its month "13" is not from 1 to 12'),
        ("0 0 * * 8", 'its day of the week "8" is not from 0 to 7'),
        ("0 0 * * fri-mon", 'its day of the week "fri-mon" runs backwards'),
        ("*/0 * * * *", 'its minute "*/0" has a step of 0'),
        ("0 0 ? * *", 'its day of the month "?" is neither a number, a range, a step nor *'),
        ("0 0 * mon *", 'its month "mon" is not from 1 to 12'),
        ("1, * * * *", 'its minute "" is neither a number, a range, a step nor *'),
        ("0 0 31 4,jun *", "no such month has a day 31, so it never comes"),
        ("@reboot", "it is none of @yearly"),
        ("* " * 60, "it is 120 characters long"),
    ],
)
def test_no_schedule_is_refused(schedule: str, fault: str) -> None:
    assert fault_of(schedule).startswith(fault)


@given(
    st.one_of(st.text(max_size=120), st.lists(st.text("0123456789*/-,abcinuj²@", max_size=6), max_size=6).map(" ".join))
)
def test_no_text_breaks_it(text: str) -> None:
    assert isinstance(fault_of(text), str)

"""Schedules in cron's form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.source.cron import fault_of


@pytest.mark.parametrize(
    "schedule",
    [
        "30 3 * * *", "*/15 * * * *", "0 0,12 1-15 * *", "5 4 * JAN-mar sun", "0 22 * * 1-5", "0 0 29 2 *", "0 0 * * 7",
        "0 0 31 2 1", "0-59/5 * * * *", "0 0 1 jul *", "  30   3 * * *  ", "@daily", "@HOURLY",
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
        ("60 3 * * *", 'its minute "60" is not a list of numbers, ranges and steps of 0 to 59'),
        ("0 24 * * *", 'its hour "24" is not a list of numbers, ranges and steps of 0 to 23'),
        ("0 0 0 * *", 'its day-of-month "0" is not a list of numbers, ranges and steps of 1 to 31'),
        ("0 0 * 13 *", 'its month "13" is not a list of numbers, ranges and steps of 1 to 12 or jan to dec'),
        ("0 0 * * 8", 'its day-of-week "8" is not a list of numbers, ranges and steps of 0 to 7 or sun to sat'),
        ("0 0 * * fri-mon", 'its day-of-week "fri-mon" is not a list'),
        ("*/0 * * * *", 'its minute "*/0" is not a list'),
        ("0 0 ? * *", 'its day-of-month "?" is not a list'),
        ("0 0 L * *", 'its day-of-month "l" is not a list'),
        ("0 0 LW * *", 'its day-of-month "lw" is not a list'),
        ("0 0 * * 5L", 'its day-of-week "5l" is not a list'),
        ("0 0 * * 1#2", 'its day-of-week "1#2" is not a list'),
        ("0 0 * * \u017fun", 'its day-of-week "\u017fun" is not a list'),
        ("0 0 * mon *", 'its month "mon" is not a list'),
        ("1, * * * *", 'its minute "1," is not a list'),
        ("0 0 31 4,jun *", 'its day-of-month "31" does not exist in its months, so it never runs'),
        ("0 0 31 4-4 *", 'its day-of-month "31" does not exist in its months, so it never runs'),
        ("@reboot", "it is not one of @yearly"),
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

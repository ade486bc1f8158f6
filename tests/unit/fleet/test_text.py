"""Figures and lists as messages show them."""

from __future__ import annotations

import pytest

from fleet.text import addends, dollars, gibibytes, money, plural, thousands


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (0, "restart", "0 restarts"),
        (1, "restart", "1 restart"),
        (2, "process", "2 processes"),
        (2, "advisory", "2 advisories"),
        (2, "day", "2 days"),
        (1500, "resource", "1 500 resources"),
    ],
)
def test_a_noun_follows_its_number(number: int, noun: str, text: str) -> None:
    assert plural(number, noun) == text


def test_digits_stand_in_groups_of_three() -> None:
    assert (thousands(999), thousands(24564), thousands(-1234567)) == ("999", "24 564", "-1 234 567")


def test_money_has_cents_and_no_negative_zero() -> None:
    assert (money(1234.5), money(-0.001), dollars(0.1), money(2e9)) == ("1 234.50", "0.00", "$0.10", "2.000e+09")


def test_memory_is_in_gib_from_one_gib_up() -> None:
    assert (gibibytes(1023), gibibytes(1024), gibibytes(1536)) == ("1023 MiB", "1 GiB", "1.5 GiB")


def test_a_sum_lists_the_largest_twelve_and_adds_the_rest() -> None:
    assert addends([("a", 1), ("c", 2000), ("b", 1)]) == "c 2 000 + a 1 + b 1"
    many = addends([(f"g{n:02}", 100 - n) for n in range(14)])
    assert many.startswith("g00 100 + g01 99 + ")
    assert many.endswith(" + g11 89 + 2 more 175")

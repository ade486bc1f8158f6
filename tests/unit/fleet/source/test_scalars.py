"""Plain scalars: a number, boolean or null only where all YAML versions agree."""

from __future__ import annotations

from fleet.source.scalars import resolve

TEXT = (
    "yes", "no", "on", "off", "y", "n", "Yes", "NO", "tRue",  # booleans of 1.1
    "22:22", "1:30", "190:20:30.15", "33:33",  # sexagesimals of 1.1
    "0o17", "017", "08", "0x1F", "0b11", "1_000", "1_000.5", "+017", "-0o7",  # octals, and digits in groups
    "2027-03-31", "2027-02-30", "2001-12-14t21:59:43.10-05:00",  # timestamps of 1.1
    "1e3", "1E5", "1.5e3", ".inf", "-.Inf", ".nan", "1e400", "1.0e+999", "nan", "infinity",  # floats of 1.2 alone
    "9" * 19, "1" * 400, "1." + "1" * 100,  # more than 64 bits, or than a float holds
    "<<", "=", "nUll", "none", "None", ".", "-", "+", "1.2.3", "1,5", "\u0661", "\u00b2", "1 ", "0 0",
)  # fmt: skip


def test_what_yaml_versions_read_differently_is_text_as_written() -> None:
    assert {text: resolve(text) for text in TEXT} == {text: text for text in TEXT}


def test_what_all_yaml_versions_agree_on_is_a_value() -> None:
    values = {
        "": None, "~": None, "null": None, "true": True, "False": False, "TRUE": True, "0": 0, "-7": -7, "+5": 5,
        "12": 12, "1.5": 1.5, "-0.25": -0.25, "1.10": 1.1, "3.": 3.0, ".5": 0.5, "1.5e+3": 1500.0, "2.0E-2": 0.02,
        "9" * 18: int("9" * 18),
    }  # fmt: skip
    for text, value in values.items():
        assert (resolve(text), type(resolve(text))) == (value, type(value)), text

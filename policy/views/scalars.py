"""Texts, numbers and flags from values of any type; a wrong type gives None, or false."""

from __future__ import annotations

import math

_WHOLE_MAX = 2**63 - 1
"""The largest number that providers accept."""

_TRUE = ("true", "t", "1")


def as_text(value: object) -> str | None:
    """Text, or a number written as text (`1000.0` reads `1000`)."""
    if isinstance(value, str):
        return value
    whole = as_whole(value)
    if whole is not None and whole == value:
        return str(whole)
    return str(value) if isinstance(value, float) else None


def as_whole(value: object) -> int | None:
    """A whole number, also from a float or from text; fractions are dropped."""
    number = as_number(value)
    if number is None or abs(number) > _WHOLE_MAX:
        return None
    return int(number)


def as_number(value: object) -> float | int | None:
    """A finite number, also from text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = value if isinstance(value, int) else float(value)
        return number if math.isfinite(number) else None
    except (ValueError, OverflowError):
        return None


def as_flag(value: object) -> bool:
    """A flag as providers take it: true, a number other than zero, or the text `true`."""
    if isinstance(value, str):
        return value.strip().lower() in _TRUE
    return isinstance(value, bool | int | float) and bool(value)

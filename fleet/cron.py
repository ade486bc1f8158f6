"""Schedules in cron's form, judged field by field: a library would be imported at each start for these few lines."""

from __future__ import annotations

import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _WEEKDAYS),
)
"""Name, least, most, and what may be written for the numbers from the least on (Sunday is 0, and 7 too)."""

_NICKNAMES = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_ITEM = re.compile(r"^(\*|[0-9a-z]{1,3})(?:-([0-9a-z]{1,3}))?(?:/([0-9]{1,2}))?$")
_LENGTH_MAX = 100
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def fault_of(text: str) -> str:
    """What is wrong with a schedule; empty where nothing is.

    Five fields as crontab(5) has them, or one of its nicknames; `?` and seconds, which some programs take, are refused.
    """
    if len(text) > _LENGTH_MAX:
        return f"it is {len(text)} characters long"
    words = text.lower().split()
    if len(words) == 1 and words[0].startswith("@"):
        return "" if words[0] in _NICKNAMES else f"it is none of {', '.join(_NICKNAMES)}"
    if len(words) != len(_FIELDS):
        return f"it has {len(words)} field{'' if len(words) == 1 else 's'}, not {len(_FIELDS)}"
    for word, (name, least, most, names) in zip(words, _FIELDS, strict=True):
        if fault := next(filter(None, (_item_fault(item, least, most, names) for item in word.split(","))), ""):
            return f"its {name} {fault}"
    return _never(words)


def _item_fault(item: str, least: int, most: int, names: tuple[str, ...]) -> str:
    match = _ITEM.match(item)
    first, last, step = match.groups() if match else (None, None, None)
    if first is None or (first == "*" and last):
        return f'"{item}" is neither a number, a range, a step nor *'
    numbers = [_number(word, least, names) for word in (first, last) if word and word != "*"]
    if outside := [number for number in numbers if number is None or not least <= number <= most]:
        return f'"{item}" is not from {least} to {most}' if outside else ""
    if len(numbers) > 1 and numbers != sorted(n for n in numbers if n is not None):
        return f'"{item}" runs backwards'
    return f'"{item}" has a step of 0' if step and not int(step) else ""


def _number(word: str, least: int, names: tuple[str, ...]) -> int | None:
    if word in names:
        return names.index(word) + least
    return int(word) if word.isdecimal() else None


def _never(words: list[str]) -> str:
    """Whether the day of the month is one that none of the months has, and no day of the week makes up for it."""
    _, _, day, month, weekday = words
    if weekday != "*" or not day.isdecimal():
        return ""
    months = [_number(word, 1, _MONTHS) for word in month.split(",")]
    if any(number is None for number in months):
        return ""
    longest = max(_DAYS[number - 1] for number in months if number is not None)
    return f"no such month has a day {int(day)}, so it never comes" if int(day) > longest else ""

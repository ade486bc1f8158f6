"""Validation of crontab(5) schedules, by cronsim."""

from __future__ import annotations

import re
from datetime import datetime

_NICKNAMES = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_RANGES = {
    "minute": "0 to 59",
    "hour": "0 to 23",
    "day-of-month": "1 to 31",
    "month": "1 to 12 or jan to dec",
    "day-of-week": "0 to 7 or sun to sat",
}
"""Field -> its valid values."""

_EXTENSION = re.compile(r"[^a-z\d*/,\s-]|(?<![a-z])l", re.ASCII | re.IGNORECASE)
"""Extensions that cronsim accepts: `L`, `LW`, `5L` and `1#2`."""

_LENGTH_MAX = 100
_ANY_DAY = datetime(2024, 1, 1)


def fault_of(text: str) -> str:
    """The problem of a schedule, or an empty string.

    Accepts the five fields of crontab(5) and its nicknames except `@reboot`; no extensions such as `?`, `L` or seconds.
    """
    words = text.lower().split()
    if len(text) > _LENGTH_MAX:
        return f"it is {len(text)} characters long"
    if len(words) == 1 and words[0].startswith("@"):
        return "" if words[0] in _NICKNAMES else f"it is not one of {', '.join(_NICKNAMES)}"
    if len(words) != len(_RANGES):
        return f"it has {len(words)} field{'' if len(words) == 1 else 's'}, not {len(_RANGES)}"
    for word, name in zip(words, _RANGES, strict=True):
        alone = " ".join(word if field == name else "*" for field in _RANGES)
        if _EXTENSION.search(word) or _is_refused(alone):
            return f'its {name} "{word}" is not a list of numbers, ranges and steps of {_RANGES[name]}'
    return f'its day-of-month "{words[2]}" does not exist in its months, so it never runs' if _is_refused(text) else ""


def _is_refused(text: str) -> bool:
    # Imported on use: most commands check no schedule.
    from cronsim import CronSim, CronSimError

    try:
        CronSim(text, _ANY_DAY)
    except CronSimError:
        return True
    return False

"""The known names nearest to one that nobody knows: what a message offers as the way out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

_ALIKE = 0.5
"""How alike one of several names must be (0 to 1); a single one must be a little more."""


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """`did you mean X?`, or what else to do where none is near."""
    close = get_close_matches(name, sorted(known), n=1)
    return f"did you mean {close[0]}?" if close else otherwise


def suggestion(name: str, known: Iterable[str]) -> str:
    """`did you mean X?`, or the list to choose from."""
    choices = sorted(known)
    return did_you_mean(name, choices, f"use one of {', '.join(choices)}" if choices else "remove it")


def nearest(name: str, known: Iterable[str], at_most: int) -> str:
    """Several near names as a question, those that hold the name included: for lists too long to print."""
    every = sorted(known)
    inside = sorted((one for one in every if name.lower() in one.lower()), key=len)
    alike = get_close_matches(name, every, n=at_most, cutoff=_ALIKE)
    found = list(dict.fromkeys([*alike, *inside]))[:at_most] or every[:at_most]
    return f"did you mean {_either(found)}?" if len(found) < len(every) else f"use one of {', '.join(every)}"


def _either(words: Sequence[str]) -> str:
    return " or ".join([*([", ".join(words[:-1])] if words[1:] else []), words[-1]])

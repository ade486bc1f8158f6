"""The names most like another one by difflib's ratio, at a small part of difflib's cost."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from heapq import nlargest

CUTOFF = 0.6
"""Minimum similarity, 0 to 1: difflib's default."""

_LENGTH_MAX = 200
"""Nobody means a longer name, and difflib takes the square of the length."""

_MANY = 200
"""Of more choices, those with the same start or end as the name are compared."""

_END = 3
"""Characters of a start or an end; one fewer than a shorter name has."""

_Choice = tuple[str, int, int]
"""Name, length and letters, as bits."""


def closest(name: str, choices: Iterable[str], at_most: int = 1, cutoff: float = CUTOFF) -> tuple[str, ...]:
    """The choices most like a name, the best first, as difflib's get_close_matches finds them."""
    every = tuple(choices)
    if len(name) > _LENGTH_MAX:
        return ()
    if len(every) > _MANY:
        return _closest(name, _alike(name, every), at_most, cutoff)
    return _closest_of_few(name, every, at_most, cutoff)


@lru_cache(maxsize=20_000)
def _closest_of_few(name: str, choices: tuple[str, ...], at_most: int, cutoff: float) -> tuple[str, ...]:
    return _closest(name, _prepared(choices), at_most, cutoff)


def _closest(name: str, choices: Iterable[_Choice], at_most: int, cutoff: float) -> tuple[str, ...]:
    length, letters = len(name), _letters(name)
    matcher = SequenceMatcher()
    matcher.set_seq2(name)
    found: list[tuple[float, str]] = []
    for choice, size, others in choices:
        # Letters that the other lacks match nothing. Most choices end here.
        most = min(length - (letters & ~others).bit_count(), size - (others & ~letters).bit_count())
        if 2 * most < cutoff * (length + size):
            continue
        matcher.set_seq1(choice)
        if matcher.quick_ratio() >= cutoff and (ratio := matcher.ratio()) >= cutoff:
            found.append((ratio, choice))
    return tuple(choice for _, choice in nlargest(at_most, found))


def _letters(name: str) -> int:
    bits = 0
    for letter in name:
        bits |= 1 << (ord(letter) & 63)
    return bits


@lru_cache(maxsize=256)
def _prepared(choices: tuple[str, ...]) -> tuple[_Choice, ...]:
    return tuple((each, len(each), _letters(each)) for each in choices)


def _alike(name: str, choices: tuple[str, ...]) -> list[_Choice]:
    size = max(1, min(_END, len(name) - 1))
    by_end = _by_end(choices, size)
    found = dict.fromkeys((*by_end.get((0, name[:size]), ()), *by_end.get((1, name[-size:]), ())))
    return sorted(found, key=lambda each: abs(each[1] - len(name)))[:_MANY]


@lru_cache(maxsize=8)
def _by_end(choices: tuple[str, ...], size: int) -> dict[tuple[int, str], list[_Choice]]:
    index: dict[tuple[int, str], list[_Choice]] = {}
    for choice in _prepared(choices):
        index.setdefault((0, choice[0][:size]), []).append(choice)
        index.setdefault((1, choice[0][-size:]), []).append(choice)
    return index

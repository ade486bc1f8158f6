"""The nearest names are those of difflib, found at a bounded cost."""

from __future__ import annotations

import random
import time
from difflib import get_close_matches

from fleet.model.linux_capabilities import CAPABILITIES
from fleet.source.similar import closest


def _misspelt(name: str, chance: random.Random) -> str:
    letters = list(name)
    for _ in range(chance.randint(0, 4)):
        at = chance.randrange(len(letters))
        letters[at : at + chance.randint(0, 1)] = chance.sample("abcXYZ_é09", chance.randint(0, 1)) or ["-"]
    return "".join(letters)


def test_the_nearest_are_those_of_difflib() -> None:
    chance = random.Random(1)  # noqa: S311  (test data)
    for _ in range(1000):
        name, cutoff = _misspelt(chance.choice(CAPABILITIES), chance), chance.choice((0.5, 0.6, 0.8))
        assert list(closest(name, CAPABILITIES, 3, cutoff)) == get_close_matches(name, CAPABILITIES, 3, cutoff), name


def test_one_of_many_names_is_found_by_its_start_or_end() -> None:
    many = [f"group-{number}" for number in range(5_000)] + ["vision-gpu"]
    assert closest("visoin-gpu", many) == ("vision-gpu",)
    assert closest("vision-gppu", many) == ("vision-gpu",)
    assert closest("qqqq", many) == closest("x" * 10_000, many) == ()


def test_many_unknown_names_among_many_cost_little() -> None:
    many = [f"group-{number}" for number in range(10_000)]
    start = time.process_time()
    for number in range(100):
        closest(f"gruop-{number}", many)
    assert time.process_time() - start < 5

"""Test levels: FLEET_REQUIRE names a level or one of its parts, and CONTRIBUTING says what each needs."""

from __future__ import annotations

import re

import pytest

from tests.levels import REQUIRE, need, required
from tests.unit.builders import ROOT

PARTS = ("engine-docker", "engine-kubernetes", "engine-cloud")


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_a_level_can_be_required_alone(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    monkeypatch.setenv(REQUIRE, f"unit, {part}")
    assert [name for name in PARTS if required(name)] == [part]
    assert not required("docker")
    with pytest.raises(pytest.fail.Exception, match=f"level {part} is required"):
        need(part, "there is none")
    other = next(name for name in PARTS if name != part)
    with pytest.raises(pytest.skip.Exception, match=f"level {other}: there is none"):
        need(other, "there is none")


def test_a_level_requires_all_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REQUIRE, "engine")
    assert all(map(required, PARTS))
    assert not required("docker")


def test_contributing_says_what_each_part_needs() -> None:
    asked = {
        level
        for file in (ROOT / "tests/engine").glob("*.py")
        for level in re.findall(r'\bneed\("([a-z-]+)"', file.read_text(encoding="utf-8"))
    }
    assert asked == set(PARTS)
    rows = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
    for part, words in {"engine-docker": ("sshd", "daemon"), "engine-kubernetes": ("control-plane",)}.items():
        (row,) = (line for line in rows if line.startswith(f"| {part} |"))
        assert all(word in row for word in words), row

"""Every value of every resource of the shipped stacks comes from a key that is where its place says."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest

from cli.explain.explain import Explained
from cli.explain.sources import Source
from tests.unit.builders import ROOT
from tests.unit.cli.explain.constants import CONSTANTS
from tests.unit.cli.explain.walks import SAMPLED, every_leaf, reported, walk

_PLACE = re.compile(r"^(\S+):(\d+)$")


@pytest.mark.parametrize(("stack", "every"), SAMPLED)
def test_every_value_has_a_source_or_is_a_known_constant(stack: str, every: bool) -> None:
    total = real = 0
    unexplained, wrong = [], []
    for resource, path in every_leaf(stack, every):
        found = reported(stack, resource, path, every)
        total += 1
        real += bool(found.sources)
        if not (found.sources or _is_constant(stack, found)):
            unexplained.append(f"{found.kind}/{found.resource} {found.field} = {found.value}")
        wrong += [f"{found.field}: {fault}" for source in found.sources for fault in _faults(source)]
    print(f"{stack}: {real} of {total} values come from keys, the others are constants")
    assert unexplained == []
    assert wrong == []
    # A sample has as many kinds without keys as with them.
    assert real > (total // 2 if every else 0)


@pytest.mark.parametrize(("stack", "every"), SAMPLED)
def test_what_is_said_to_be_fixed_has_no_key(stack: str, every: bool) -> None:
    _, found = walk(stack, every)
    fixed = [one for one in every_leaf(stack, every) if reported(stack, *one, every).fixed]
    assert fixed
    assert not [one for one in fixed if found.of(*one)]


def _is_constant(stack: str, found: Explained) -> bool:
    text = f"{found.type.rpartition(':')[2]}.{found.field}"
    patterns = CONSTANTS[walk(stack)[0].deployment.machine.target]
    return any(fnmatchcase(text, one) or fnmatchcase(f"{found.resource}/{text}", one) for one in patterns)


def _faults(source: Source) -> list[str]:
    if source.state in ("name", "folder", "contents"):
        return [] if (ROOT / source.place).exists() else [f"{source.place} is not there"]
    faults = []
    if source.state == "written" and not _holds(source.place, source.key):
        faults.append(f"{source.place} does not hold {source.key}")
    if source.state != "written" and not _line(source.place):
        faults.append(f"{source.place} is no line")
    if source.default_place and not re.match(r"    \w+: ", _line(source.default_place)):
        faults.append(f"{source.default_place} holds no field")
    return faults


def _holds(place: str, key: str) -> bool:
    """Whether a line holds the last part of a key: the key itself, or an item of its list."""
    last = key.rpartition(".")[2]
    line = _line(place)
    return last.isdigit() or re.search(rf"(^|[\s{{,\"':./-]){re.escape(last)}([\s\"':,}}]|$)", line) is not None


@cache
def _lines(file: str) -> list[str]:
    return Path(ROOT / file).read_text(encoding="utf-8").splitlines()


def _line(place: str) -> str:
    match = _PLACE.match(place)
    if match is None or not (ROOT / match[1]).is_file():
        return ""
    lines = _lines(match[1])
    return lines[int(match[2]) - 1] if int(match[2]) <= len(lines) else ""

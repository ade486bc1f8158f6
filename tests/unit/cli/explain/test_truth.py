"""The keys reported for a value decide it: in a copy of the project, another value of the key changes it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.explain.stack import planned
from fleet.property_paths import Path as Leaf
from fleet.property_paths import changed
from fleet.provenance.search import Decider, Resource
from fleet.provenance.trial_values import other_values
from fleet.source.document import KeyPath
from fleet.source.faults import ConfigurationError
from fleet.source.locations import NAMESPACE
from tests.unit.builders import ROOT
from tests.unit.cli.explain.walks import SHIPPED, every_leaf, walk

_SAMPLE = 16
"""Values of each stack that are tried: spread over all of its resources."""

_REMOVED = object()
"""In place of a value: the entry is removed from its map or list."""


@pytest.mark.parametrize("stack", SHIPPED)
def test_another_value_of_the_key_makes_another_value_of_the_field(tmp_path: Path, stack: str) -> None:
    _copy(tmp_path)
    untrue, tried, kinds = [], 0, set()
    for resource, leaf, decider in _sample(stack):
        answer = _is_true(tmp_path, stack, resource, leaf, decider)
        if answer is None:
            continue
        tried += 1
        kinds.add(resource[0])
        if not answer:
            untrue.append((resource, leaf, decider.path))
    assert untrue == []
    assert tried >= _SAMPLE // 2
    assert len(kinds) > 1


def _copy(folder: Path) -> None:
    for file in (*ROOT.glob("Pulumi*.yaml"), *ROOT.glob("groups/*/*.yaml"), *ROOT.glob("images/**/*")):
        target = folder / file.relative_to(ROOT)
        if file.is_file() and "__pycache__" not in target.parts:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)


def _sample(stack: str) -> Iterator[tuple[Resource, Leaf, Decider]]:
    """Values with a key of a file, each key once, from every part of the stack."""
    _, found = walk(stack)
    seen: set[tuple[str, KeyPath]] = set()
    known = []
    for resource, leaf in every_leaf(stack):
        first = next((one for one in found.of(resource, leaf) if one.what == "key" and one.file), None)
        if first and first.file and (first.file.document.source, first.path) not in seen:
            seen.add((first.file.document.source, first.path))
            known.append((resource, leaf, first))
    step = max(1, len(known) // _SAMPLE)
    return islice(known, 0, None, step)


def _is_true(root: Path, stack: str, resource: Resource, leaf: Leaf, decider: Decider) -> bool | None:
    """Whether some other value of the key in its file changes the value; None where the fleet takes no other."""
    file, node = decider.file, decider.node
    assert file is not None
    assert node is not None
    before = planned(root, stack).properties(resource)
    path = ("config", f"{NAMESPACE}{decider.path[0]}", *decider.path[1:]) if file.kind == "stacks" else decider.path
    source = root / file.document.place(path)[0]
    text = source.read_text(encoding="utf-8")
    taken = False
    try:
        groups = walk(stack)[0].project.fleet.stacks[stack].groups
        for value in (
            *([_REMOVED] if node.is_entry else []),
            *islice(other_values(node.value, node.annotation, groups), 40),
        ):
            data = yaml.safe_load(text)
            _put(data, path, value)
            if "hardening" in path:
                # A weaker value is taken with a reason alone.
                _put(data, (*path[:-1], "exceptions", path[-1]), {"reason": "a trial", "until": "2099-01-01"})
            source.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
            try:
                after = planned(root, stack)
            except ConfigurationError:
                continue
            taken = True
            if resource not in after.resources or leaf in set(changed(before, after.properties(resource))):
                return True
    finally:
        source.write_text(text, encoding="utf-8")
    return False if taken else None


def _put(data: Any, path: KeyPath, value: Any) -> None:
    for key, following in pairwise(path):
        if not isinstance(data, list) and data.get(key) is None:
            data[key] = {}
        if isinstance(data[key], list) and isinstance(following, str):
            # A list of names, such as secrets, may also be a map.
            data[key] = {name: {} for name in data[key]}
        data = data[key]
    if value is not _REMOVED:
        data[path[-1]] = value
    elif isinstance(data, list) or path[-1] in data:
        # An entry of a default is in no file.
        del data[path[-1]]


def test_a_key_that_decides_one_value_alone_is_said_to() -> None:
    _, found = walk("edge")
    resource = ("docker:index/container:Container", "edge-lightweight-proxy-main")
    (restart,) = found.of(resource, ("restart",))
    assert (restart.path, restart.changes) == (("containers", "main", "restart"), {("restart",)})

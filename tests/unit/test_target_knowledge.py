"""Only files named after a target know it: a new target touches its own files, the models and the registry."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.model import Target
from tests.unit.builders import ROOT

SCHEMA = "fleet/model/"
"""The models spell out what a machine of each target has."""

REGISTRY = "fleet/targets/registry.py"

ALLOWED = {
    "cli/preview/input_types.py: compares with 'kubernetes'": "the Pulumi package, of a resource's type",
}
"""Finding -> why it is not about a target."""

BY_NAME = (
    "cli/scaffold/machines/{}.py",
    "cli/view/targets/{}.py",
    "components/{}/component.py",
    "components/{}/fixed.py",
    "components/{}/listing.py",
    "fleet/cost/{}.py",
    "fleet/targets/{}/target.py",
)
"""Files of a target that shared modules import by its name."""

PARTS_OF_A_MACHINE = {"cluster", "cloud"}
MEMBERS = {target.name for target in Target}
NAMES = {target.value for target in Target}


def knowledge_in(source: str) -> Iterator[str]:
    """What a module knows of single targets."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id="Target"), attr=attr) if attr in MEMBERS:
                yield f"names Target.{attr}"
            case ast.Attribute(attr=attr) if attr in PARTS_OF_A_MACHINE:
                yield f"reads .{attr}"
            case ast.Compare(left=left, comparators=right):
                yield from (f"compares with {name!r}" for part in (left, *right) for name in _names(part))
            case ast.MatchValue(value=ast.Constant(value=str(name))) if name in NAMES:
                yield f"compares with {name!r}"
            case ast.Dict(keys=keys):
                yield from (f"has a table with {name!r}" for key in keys if key for name in _names(key))
            case ast.ImportFrom(module=str(module)) if {"cluster", "cloud"} & set(module.split(".")):
                yield f"imports {module}"


def _names(node: ast.expr) -> Iterator[str]:
    """Names of targets in an operand: a literal, or several of them."""
    for part in node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else (node,):
        if isinstance(part, ast.Constant) and part.value in NAMES:
            yield str(part.value)


def _shared_modules() -> Iterator[Path]:
    for folder in ("fleet", "components", "cli"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            file = str(path.relative_to(ROOT))
            if file != REGISTRY and not file.startswith(SCHEMA) and not any(name in file for name in NAMES):
                yield path


def test_shared_modules_know_no_single_target() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {what}" for path in _shared_modules() for what in knowledge_in(path.read_text())
    }
    assert found - ALLOWED.keys() == set()
    assert ALLOWED.keys() - found == set(), "remove what no module does any more"


@pytest.mark.parametrize(
    ("source", "knowledge"),
    [
        ("if machine.cluster:\n    pass", "reads .cluster"),
        ("nodes = cloud_of(stack).machine.cloud", "reads .cloud"),
        ("if target is Target.DOCKER:\n    pass", "names Target.DOCKER"),
        ("tools = {Target.CLOUDRUN: 1}", "names Target.CLOUDRUN"),
        ("if str(target) == 'kubernetes':\n    pass", "compares with 'kubernetes'"),
        ("if target in ('docker', 'podman'):\n    pass", "compares with 'docker'"),
        ("match target:\n    case 'cloudrun':\n        pass", "compares with 'cloudrun'"),
        ("tools = {'docker': 'compose'}", "has a table with 'docker'"),
        ("from fleet.model.cloud import Kind", "imports fleet.model.cloud"),
    ],
)
def test_knowledge_of_a_target_is_found(source: str, knowledge: str) -> None:
    assert list(knowledge_in(source)) == [knowledge]


def test_every_target_has_the_files_that_are_found_by_its_name() -> None:
    missing = [path for target in Target for name in BY_NAME if not (ROOT / (path := name.format(target))).is_file()]
    assert missing == []

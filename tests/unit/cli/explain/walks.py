"""Values of a shipped stack with what decides them, found once: of every resource, or of one of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from cli.explain.explain import Explained, explained, search
from cli.explain.stack import PlannedStack, planned
from fleet.property_paths import Path, leaves
from fleet.provenance.search import Found, Resource
from tests.unit.builders import ROOT

SMALL, LARGE = ("cloud", "edge", "local"), ("pc2", "mainpc", "cluster")
SHIPPED = [*SMALL, *(pytest.param(stack, marks=pytest.mark.explain) for stack in LARGE)]
"""The shipped stacks; to try all values of a large one takes the level `explain`."""

SAMPLED = [
    *(pytest.param(stack, True, id=stack) for stack in SMALL),
    *(pytest.param(stack, False, id=f"a sample of {stack}") for stack in LARGE),
    *(pytest.param(stack, True, id=stack, marks=pytest.mark.explain) for stack in LARGE),
]
"""(stack, whether every resource is tried): without the level `explain`, one resource of each kind of a large stack."""


@cache
def walk(name: str, every: bool = True) -> tuple[PlannedStack, Found]:
    """A stack, and the deciders of all values of its resources, or of a sample of them."""
    stack = planned(ROOT, name)
    return stack, search(stack, _resources(stack, every))


def _resources(stack: PlannedStack, every: bool) -> list[Resource]:
    first_of_kind = {resource[0]: resource for resource in reversed(list(stack.resources))}
    return list(stack.resources if every else first_of_kind.values())


def every_leaf(name: str, every: bool = True) -> Iterator[tuple[Resource, Path]]:
    """Every value of these resources."""
    stack, _ = walk(name, every)
    for resource in _resources(stack, every):
        yield from ((resource, path) for path, _ in leaves(stack.properties(resource)))


def reported(name: str, resource: Resource, path: Path, every: bool = True) -> Explained:
    """What is said of one."""
    stack, found = walk(name, every)
    return explained(resource, path, found, stack)

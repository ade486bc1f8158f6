"""Every value of every resource of a shipped stack, with what decides it: found once a test run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from cli.explain.explain import Explained, explained, search
from cli.explain.stack import PlannedStack, planned
from fleet.property_paths import Path, leaves
from fleet.provenance.search import Found, Resource
from tests.unit.builders import ROOT

SHIPPED = ("cloud", "edge", "local", "pc2", "mainpc", "cluster")


@cache
def walk(name: str) -> tuple[PlannedStack, Found]:
    """A stack, and the deciders of all its values."""
    stack = planned(ROOT, name)
    return stack, search(stack, list(stack.resources))


def every_leaf(name: str) -> Iterator[tuple[Resource, Path]]:
    """Every value of every resource."""
    stack, _ = walk(name)
    for resource in stack.resources:
        yield from ((resource, path) for path, _ in leaves(stack.properties(resource)))


def told(name: str, resource: Resource, path: Path) -> Explained:
    """What is said of one."""
    stack, found = walk(name)
    return explained(resource, path, found, stack)

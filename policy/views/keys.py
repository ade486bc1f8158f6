"""The key of a file that a field of a view comes from, declared with the field: `Annotated[str, own("image")]`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import get_type_hints

from fleet.frozen import dataclass


class Scope(StrEnum):
    """Where a key's path starts."""

    OWN = "own"
    """At what the file declares the resource by: a container or volume of a group, a group, a part of a stack."""
    GROUP = "group"
    """In the group's file."""
    STACK = "stack"
    """In the stack's file; `{group}` and `{volume}` in a path are the resource's own."""


@dataclass(frozen=True, slots=True)
class Key:
    """Dotted paths of which the first that a file holds decides a field."""

    scope: Scope
    paths: tuple[str, ...]


def own(*paths: str) -> Key:
    """A key below what declares the resource."""
    return Key(Scope.OWN, paths)


def of_group(*paths: str) -> Key:
    """A key of the group's file."""
    return Key(Scope.GROUP, paths)


def of_stack(*paths: str) -> Key:
    """A key of the stack's file."""
    return Key(Scope.STACK, paths)


@cache
def keys_of(view: type) -> Mapping[str, Key]:
    """Field of a view -> the key it declares."""
    hints = get_type_hints(view, include_extras=True)
    marks = ((name, mark) for name, hint in hints.items() for mark in getattr(hint, "__metadata__", ()))
    return {name: mark for name, mark in marks if isinstance(mark, Key)}

"""The key of a file that sets a field of a view, declared with the field: `Annotated[str, own("image")]`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import get_type_hints

from fleet.frozen import dataclass


class Scope(StrEnum):
    """Where the path of a key starts."""

    OWN = "own"
    """At the declaration of the resource: a container or volume of a group, a group, a part of a stack."""
    GROUP = "group"
    """In the group's file."""
    STACK = "stack"
    """In the stack's file; `{group}` and `{volume}` in a path are the resource's own."""


@dataclass(frozen=True, slots=True)
class Key:
    """Dotted paths; the first one present in the file sets the field."""

    scope: Scope
    paths: tuple[str, ...]


def own(*paths: str) -> Key:
    """A key below the declaration of the resource."""
    return Key(Scope.OWN, paths)


def of_group(*paths: str) -> Key:
    """A key of the group's file."""
    return Key(Scope.GROUP, paths)


def of_stack(*paths: str) -> Key:
    """A key of the stack's file."""
    return Key(Scope.STACK, paths)


@cache
def keys_of(view: type) -> Mapping[str, Key]:
    """Field of a view -> its key."""
    hints = get_type_hints(view, include_extras=True)
    marks = ((name, mark) for name, hint in hints.items() for mark in getattr(hint, "__metadata__", ()))
    return {name: mark for name, mark in marks if isinstance(mark, Key)}

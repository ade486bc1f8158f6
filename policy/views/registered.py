"""A resource as a program registered it, in plain data; from the engine or the offline plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final, final

from fleet.frozen import dataclass


@final
class Unknown:
    """Type of UNKNOWN, its one instance."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        return False


UNKNOWN: Final = Unknown()
"""Placeholder for a value that is known only after `up`."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A resource and its properties: camelCase keys, plain values, UNKNOWN where not known yet.

    Numbers may be floats (the engine sends no others), and a secret may be the text `[secret]` whatever its type.
    """

    type: str
    """Type token, such as `docker:index/container:Container`."""
    name: str
    """Logical name."""
    urn: str
    parent: str = ""
    """URN of the parent; empty directly under the stack."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """Outputs of a component; not read for other resources."""
    provider: str = ""
    """URN or reference (`<urn>::<id>`) of its provider; empty if unknown."""
    protect: bool = False
    """The `protect` option."""
    deletes_first: bool | None = None
    """The `delete_before_replace` option; None if not set."""

"""A resource as it was registered: what both adapters (engine and offline plan) hand to the judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final


class Unknown:
    """Type of UNKNOWN."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
"""Stands for a value that only an update can know."""


@dataclass(frozen=True, slots=True)
class Registered:
    """One resource. `inputs` and `outputs` are plain data with camelCase keys; numbers may be floats."""

    type: str
    name: str
    urn: str
    parent: str = ""
    """URN of the parent; empty for one directly under the stack."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)

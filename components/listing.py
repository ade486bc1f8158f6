"""Every resource a deployment registers and its properties, without registering any: what trials of changes compare.

A trial takes milliseconds, where running the program takes a second.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from fleet.plan.deployment import Deployment

_SNAKE = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)+$")
_WORD = re.compile(r"_([a-z0-9])")

Listing = Mapping[tuple[str, str], Mapping[str, Any]]
"""(type, logical name) -> properties, in the spelling of the SDK: see `spelled`."""


def listing(deployment: Deployment) -> Listing:
    """The resources of a deployment, whatever its target; a target's package is imported only here."""
    module = import_module(f"components.{deployment.machine.target}.listing")
    return {(type_, name): properties for type_, name, properties in module.listing(deployment)}


def spelled(value: Any) -> Any:
    """Properties with keys as the engine spells them; names that groups chose hold no underscore in lower case."""
    if isinstance(value, Mapping):
        return {_key(key): spelled(item) for key, item in value.items()}
    return [spelled(item) for item in value] if isinstance(value, list | tuple) else value


@cache
def _key(key: str) -> str:
    return _WORD.sub(lambda found: found[1].upper(), key) if _SNAKE.match(key) else key

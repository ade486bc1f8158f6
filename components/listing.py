"""Every resource of a deployment as plain data. Pure.

The components register it; `fleet explain` compares it, in milliseconds instead of the second that the program takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from fleet.plan.deployment import Deployment

_SNAKE = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)+$")
_WORD = re.compile(r"_([a-z0-9])")

MASKED = "[secret]"
"""Shown in place of a secret value."""

Listing = Mapping[tuple[str, str], Mapping[str, Any]]
"""(type, logical name) -> properties, in the SDK's spelling; see `spelled`."""


@dataclass(frozen=True, slots=True)
class Ref:
    """An output of another resource, known only to the provider. Policies never read it."""

    key: str
    field: str = "id"


@dataclass(frozen=True, slots=True)
class SecretText:
    """A secret of the stack's config, which the engine decrypts and keeps encrypted, after a plain text."""

    secret: str
    """Key in the config's namespace `secrets`."""
    prefix: str = ""

    @property
    def hidden(self) -> str:
        """The text without the value."""
        return f"{self.prefix}{MASKED}"


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One resource: a component with its children, or a resource of a provider. Entries compare by identity."""

    type: str
    """Type token: `docker:index/container:Container`, `fleet:docker:ContainerGroup`."""
    name: str
    """Logical name, unique with its type in its stack."""
    properties: Mapping[str, Any]
    """Arguments of the SDK's class, or inputs of a component; plain values, with names in place of Refs."""
    children: tuple[Entry, ...] = ()
    """Resources that a component registers, in this order."""
    needs: tuple[Entry, ...] = ()
    """Dependencies besides its Refs, each registered earlier."""
    linked: Mapping[str, Any] = field(default_factory=dict)
    """Arguments with Refs or secrets, which replace the properties of the same names."""
    refers: Mapping[str, Entry] = field(default_factory=dict)
    """Key of a Ref -> the entry it refers to."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Further arguments of `pulumi.ResourceOptions`, plain values."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """Outputs of a component."""
    timeout_s: int | None = None
    """Limit on its creation or update; None for the provider's default."""

    group: str | None = None
    """Container group that owns it; None for a shared resource."""
    containers: tuple[str, ...] = ()
    """Keys of the group's containers that this resource runs. Policies name a container after its resource on Docker,
    and `<name>/<container key>` on the other targets."""
    volume: str | None = None
    """Key of the volume it holds."""
    part: tuple[str, ...] = ("machine",)
    """Path in the stack's file that a shared resource comes from, such as `("machine", "network")`."""

    @property
    def is_component(self) -> bool:
        """Whether it is a component, not a provider or a provider's resource."""
        return self.type.startswith("fleet:")

    def walk(self) -> Iterator[Entry]:
        """The entry and its descendants, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def inventory(deployment: Deployment) -> Entry:
    """The machine's component with its descendants; imports only the machine's target."""
    root: Entry = import_module(f"components.{deployment.machine.target}.listing").inventory(deployment)
    return root


def listing(deployment: Deployment) -> Listing:
    """Type, name and properties of every resource of a deployment."""
    return {(entry.type, entry.name): entry.properties for entry in inventory(deployment).walk()}


def filled(value: Any, fill: Callable[[Any], Any]) -> Any:
    """A value with its Refs and secrets replaced."""
    if isinstance(value, Ref | SecretText):
        return fill(value)
    if isinstance(value, Mapping):
        return {key: filled(item, fill) for key, item in value.items()}
    return [filled(item, fill) for item in value] if isinstance(value, list) else value


def spelled(value: Any) -> Any:
    """Properties with the engine's camelCase keys. User-defined names contain no lower-case snake_case."""
    if isinstance(value, Mapping):
        return {_key(key): spelled(item) for key, item in value.items()}
    return [spelled(item) for item in value] if isinstance(value, list | tuple) else value


@cache
def _key(key: str) -> str:
    return _WORD.sub(lambda word: word[1].upper(), key) if _SNAKE.match(key) else key

"""Every resource a deployment registers, as plain data. Pure: the components register from it, and trials compare it.

A trial takes milliseconds, where running the program takes a second.
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

Listing = Mapping[tuple[str, str], Mapping[str, Any]]
"""(type, logical name) -> properties, in the spelling of the SDK: see `spelled`."""


@dataclass(frozen=True, slots=True)
class Ref:
    """An output of another resource, known only to the provider; never a value that a policy judges."""

    key: str
    field: str = "id"


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One resource: a component with its children, or a resource of a provider.

    The last five fields name its owner, so that nobody parses logical names. Entries compare by identity.
    """

    type: str
    """Type token: `docker:index/container:Container`, `fleet:docker:ContainerGroup`."""
    name: str
    """Logical name, unique with its type in its stack."""
    properties: Mapping[str, Any]
    """Arguments of the SDK's class, or inputs of a component. Plain: what only the provider will know is a name."""
    children: tuple[Entry, ...] = ()
    """What a component registers under itself, in this order."""
    needs: tuple[Entry, ...] = ()
    """What it depends on, besides what its Refs name; each is registered earlier."""
    linked: Mapping[str, Any] = field(default_factory=dict)
    """Arguments that hold Refs, in place of the properties of the same names."""
    refers: Mapping[str, Entry] = field(default_factory=dict)
    """Key of a Ref -> the entry it means."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Further arguments of `pulumi.ResourceOptions`, plain values."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """Of a component: what it publishes."""
    timeout_s: int | None = None
    """How long the provider may take to create or update it; None for the provider's own default."""

    group: str | None = None
    """Container group that owns it; None for what the stack's groups share."""
    containers: tuple[str, ...] = ()
    """Keys of the group's containers that this resource runs. Policies call a container by the name of its resource on
    Docker, and by `<name>/<container key>` on the other targets."""
    volume: str | None = None
    """Key of the volume it holds."""
    part: tuple[str, ...] = ("machine",)
    """Where no group owns it: path in the stack's file of what it comes from, such as `("machine", "network")`."""

    @property
    def is_component(self) -> bool:
        """Whether it is a component of ours, not a provider or a resource of one."""
        return self.type.startswith("fleet:")

    def walk(self) -> Iterator[Entry]:
        """Itself and everything below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def inventory(deployment: Deployment) -> Entry:
    """The machine's component with everything below it; a target's package is imported only here."""
    root: Entry = import_module(f"components.{deployment.machine.target}.listing").inventory(deployment)
    return root


def listing(deployment: Deployment) -> Listing:
    """Type, name and properties of every resource of a deployment."""
    return {(entry.type, entry.name): entry.properties for entry in inventory(deployment).walk()}


def filled(value: Any, fill: Callable[[Ref], Any]) -> Any:
    """A value with each Ref in it replaced."""
    if isinstance(value, Ref):
        return fill(value)
    if isinstance(value, Mapping):
        return {key: filled(item, fill) for key, item in value.items()}
    return [filled(item, fill) for item in value] if isinstance(value, list) else value


def spelled(value: Any) -> Any:
    """Properties with keys as the engine spells them; names that groups chose hold no underscore in lower case."""
    if isinstance(value, Mapping):
        return {_key(key): spelled(item) for key, item in value.items()}
    return [spelled(item) for item in value] if isinstance(value, list | tuple) else value


@cache
def _key(key: str) -> str:
    return _WORD.sub(lambda found: found[1].upper(), key) if _SNAKE.match(key) else key

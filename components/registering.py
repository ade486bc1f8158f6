"""Registers an inventory: components under their parents, each resource after what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pulumi

from components.listing import Entry, Ref, filled

_PROVIDER = "pulumi:providers:"


class Registrar:
    """Registers the entries of one inventory, and knows what it made of each.

    components: the classes of its components. A target that adds options, or whose SDK differs, overrides a method.
    """

    def __init__(self, *components: type[Component]) -> None:
        self._components = {component.__name__: component for component in components}
        self._made: dict[Entry, pulumi.Resource] = {}

    def machine(self, root: Entry) -> Component:
        """Registers everything."""
        return self._components[_kind(root)](root.name, ComponentArgs(root, self))

    def children(self, entry: Entry, parent: pulumi.Resource) -> None:
        """Registers what a component owns; a provider among it serves those after it."""
        providers: list[pulumi.ProviderResource] = []
        for child in entry.children:
            options = pulumi.ResourceOptions(parent=parent, providers=providers or None, **self.options(child))
            if child.is_component:
                self._made[child] = self._components[_kind(child)](child.name, ComponentArgs(child, self), options)
            else:
                self._made[child] = made = self.resource(child, self._arguments(child), options)
                if isinstance(made, pulumi.ProviderResource):
                    providers.append(made)

    def options(self, entry: Entry) -> dict[str, Any]:
        """Arguments of ResourceOptions, but for parent and provider."""
        longest = f"{entry.timeout_s}s" if entry.timeout_s else None
        return {
            "depends_on": [self._made[need] for need in entry.needs],
            "custom_timeouts": pulumi.CustomTimeouts(create=longest, update=longest) if longest else None,
            **entry.options,
        }

    def resource(self, entry: Entry, arguments: Mapping[str, Any], options: pulumi.ResourceOptions) -> pulumi.Resource:
        """Registers a resource of a provider; its module of the SDK is imported when the first one needs it."""
        if entry.type.startswith(_PROVIDER):
            module, kind = f"pulumi_{_kind(entry)}", "Provider"
        else:
            # `gcp:cloudrunv2/service:Service`: modules hold their classes themselves, and `index` is the package.
            package, path, kind = entry.type.split(":")
            module = f"pulumi_{package}.{path.partition('/')[0]}".removesuffix(".index")
        made: pulumi.Resource = getattr(import_module(module), kind)(entry.name, opts=options, **arguments)
        return made

    def _arguments(self, entry: Entry) -> dict[str, Any]:
        def output(ref: Ref) -> Any:
            return getattr(self._made[entry.refers[ref.key]], ref.field)

        return {**entry.properties, **{name: filled(value, output) for name, value in entry.linked.items()}}


@dataclass(frozen=True)
class ComponentArgs:
    """A component's entry, and what registers its children."""

    entry: Entry
    registrar: Registrar


class Component(pulumi.ComponentResource):
    """A component of an inventory: it registers its children, and publishes its outputs for policies to judge by."""

    def __init__(self, name: str, args: ComponentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        entry = args.entry
        super().__init__(entry.type, name, dict(entry.properties), opts)
        args.registrar.children(entry, self)
        self.register_outputs(dict(entry.outputs))


def _kind(entry: Entry) -> str:
    return entry.type.rpartition(":")[2]

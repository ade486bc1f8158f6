"""Registers an inventory: each component under its parent, each resource after its dependencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pulumi
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

from components.listing import Entry, Ref, SecretText, filled
from fleet.source.locations import SECRETS

_PROVIDER = "pulumi:providers:"


class Registrar:
    """Registers the entries of one inventory. Targets override `options`, `resource` or `problems`.

    components: the classes of its components.
    """

    def __init__(self, *components: type[Component]) -> None:
        self._components = {component.__name__: component for component in components}
        self.offline = isinstance(get_monitor(), MockMonitor)
        """Whether there is no engine."""
        self._made: dict[Entry, pulumi.Resource] = {}
        self._referred: set[Entry] = set()

    def machine(self, root: Entry) -> Component:
        """Registers the machine's component with its descendants."""
        self._referred = {referred for entry in root.walk() for referred in entry.refers.values()}
        return self._components[_kind(root)](root.name, ComponentArgs(root, self))

    async def problems(self) -> list[str]:
        """What is unhealthy once everything is registered, after waiting for what is starting; in updates only."""
        return []

    def children(self, entry: Entry, parent: pulumi.Resource) -> None:
        """Registers a component's children; a provider among them is used for those after it."""
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
        """Arguments of ResourceOptions, except parent and providers."""
        timeout = f"{entry.timeout_s}s" if entry.timeout_s else None
        has_outputs = entry.is_component or entry in self._referred
        return {
            "transformations": None if has_outputs else [_without_unset],
            "depends_on": [self._made[need] for need in entry.needs],
            "custom_timeouts": pulumi.CustomTimeouts(create=timeout, update=timeout) if timeout else None,
            **entry.options,
        }

    def resource(self, entry: Entry, arguments: Mapping[str, Any], options: pulumi.ResourceOptions) -> pulumi.Resource:
        """Registers a provider's resource, and imports its module of the SDK."""
        if entry.type.startswith(_PROVIDER):
            module, kind = f"pulumi_{_kind(entry)}", "Provider"
        else:
            # `gcp:cloudrunv2/service:Service` is in the module `cloudrunv2`; classes of `index` are in the package.
            package, path, kind = entry.type.split(":")
            module = f"pulumi_{package}.{path.partition('/')[0]}".removesuffix(".index")
        made: pulumi.Resource = getattr(import_module(module), kind)(entry.name, opts=options, **arguments)
        return made

    def secret(self, text: SecretText) -> Any:
        """The text with the value of the stack's config. Raises pulumi.ConfigMissingError."""
        if self.offline:
            # Only the engine decrypts the config.
            return text.hidden
        value = pulumi.Config(SECRETS.removesuffix(":")).require_secret(text.secret)
        return pulumi.Output.concat(text.prefix, value)

    def _arguments(self, entry: Entry) -> dict[str, Any]:
        def output(ref: Ref | SecretText) -> Any:
            if isinstance(ref, SecretText):
                return self.secret(ref)
            return getattr(self._made[entry.refers[ref.key]], ref.field)

        return {**entry.properties, **{name: filled(value, output) for name, value in entry.linked.items()}}


@dataclass(frozen=True)
class ComponentArgs:
    """A component's entry, and the registrar of its children."""

    entry: Entry
    registrar: Registrar


class Component(pulumi.ComponentResource):
    """A component of an inventory, with its children; policies read its outputs."""

    def __init__(self, name: str, args: ComponentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        entry = args.entry
        super().__init__(entry.type, name, dict(entry.properties), opts)
        args.registrar.children(entry, self)
        self.register_outputs(dict(entry.outputs))


def _without_unset(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
    """Drops the properties that are not set: the SDK keeps an output of 3 KiB for each, and a container has 47."""
    props = {name: value for name, value in args.props.items() if value is not None}
    return pulumi.ResourceTransformationResult(props, args.opts)


def _kind(entry: Entry) -> str:
    return entry.type.rpartition(":")[2]

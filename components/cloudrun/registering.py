"""Rendered resources to the SDK's: each class is imported when the first of its kind is registered.

`pulumi_gcp.compute` alone takes longer to import than everything else of a plan: only a front door pays for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

import pulumi

from components.cloudrun.resources.base import CloudResource, Ref


class Register:
    """Registers resources of one stack, and knows those it registered by their keys."""

    def __init__(self, stack: str) -> None:
        self._stack = stack
        self._made: dict[str, pulumi.CustomResource] = {}

    def all(self, resources: Iterable[CloudResource], parent: pulumi.Resource) -> Sequence[pulumi.CustomResource]:
        """Registers resources under a component; what they need must have been registered."""
        return [self._one(resource, parent) for resource in resources]

    def _one(self, resource: CloudResource, parent: pulumi.Resource) -> pulumi.CustomResource:
        module, _, name = resource.kind.partition(".")
        kind = getattr(import_module(f"pulumi_gcp.{module}"), name)
        options = pulumi.ResourceOptions(
            parent=parent,
            depends_on=[self._made[key] for key in resource.needs],
            ignore_changes=list(resource.ignored),
            protect=resource.kept or None,
            retain_on_delete=resource.kept or None,
        )
        arguments: Mapping[str, Any] = {key: self._resolved(value) for key, value in resource.args.items()}
        made: pulumi.CustomResource = kind(f"{self._stack}-{resource.key}", opts=options, **arguments)
        self._made[resource.key] = made
        return made

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return getattr(self._made[value.key], value.field)
        if isinstance(value, Mapping):
            return {key: self._resolved(item) for key, item in value.items()}
        return [self._resolved(item) for item in value] if isinstance(value, list) else value

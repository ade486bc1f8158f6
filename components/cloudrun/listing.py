"""Every resource that a deployment registers in a project, as plain data. Pure.

`components/cloudrun/component.py` registers them; a test holds this list against what it registered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from components.cloudrun.render import render, render_provider
from components.cloudrun.resources.base import CloudResource, Part, Ref
from fleet.plan.deployment import Deployment

_OURS = "fleet:cloudrun:"
_PARTS = {Part.FRONT_DOOR: "GlobalFrontDoor", Part.OBSERVABILITY: "Observability"}


def listing(deployment: Deployment) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(type, logical name, arguments of the SDK's class) of each resource, components included."""
    stack = deployment.stack
    yield f"{_OURS}CloudRun", stack, {"machine": deployment.machine.name}
    yield "pulumi:providers:gcp", f"{stack}-api", render_provider(deployment)
    resources = render(deployment, date.today())
    by_key = {resource.key: resource for resource in resources}
    yield f"{_OURS}CloudPlatform", f"{stack}-platform", {}
    for group in deployment.groups:
        yield f"{_OURS}CloudRunGroup", f"{stack}-{group.name}", {"group": group.name, "wave": group.wave}
    for part, kind in _PARTS.items():
        if any(resource.part is part for resource in resources):
            yield f"{_OURS}{kind}", f"{stack}-{part}", {}
    for resource in resources:
        yield _type_of(resource), f"{stack}-{resource.key}", _resolved(resource.args, by_key)


def _type_of(resource: CloudResource) -> str:
    """`cloudrunv2.Service` -> `gcp:cloudrunv2/service:Service`."""
    module, _, kind = resource.kind.partition(".")
    return f"gcp:{module}/{kind[0].lower()}{kind[1:]}:{kind}"


def _resolved(value: Any, by_key: Mapping[str, CloudResource]) -> Any:
    """With what another resource is given in place of a reference to it; an output of the provider's stays a name."""
    if isinstance(value, Ref):
        arguments = by_key[value.key].args
        return _resolved(arguments[value.field], by_key) if value.field in arguments else f"{value.key}.{value.field}"
    if isinstance(value, Mapping):
        return {key: _resolved(item, by_key) for key, item in value.items()}
    return [_resolved(item, by_key) for item in value] if isinstance(value, list) else value

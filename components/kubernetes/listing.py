"""Every resource that a deployment registers on a cluster, as plain data. Pure.

`components/kubernetes/component.py` registers them; a test holds this list against what it registered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from components.kubernetes.manifests.base import Manifest
from components.kubernetes.render import render, render_provider
from fleet.plan.deployment import Deployment

_OURS = "fleet:kubernetes:"
_CLAIM = "v1/PersistentVolumeClaim"


def listing(deployment: Deployment) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(type, logical name, properties) of each resource, components included."""
    stack = deployment.stack
    yield f"{_OURS}Cluster", stack, {"machine": deployment.machine.name}
    yield "pulumi:providers:kubernetes", f"{stack}-api", render_provider(deployment.machine)
    for manifest in render(deployment):
        name = f"{stack}-{manifest.key}"
        if manifest.kind == _CLAIM:
            yield f"{_OURS}DataVolume", name, {"volume": manifest.name}
            name = f"{name}-claim"
        yield _type_of(manifest), name, manifest.object
    for group in deployment.groups:
        yield f"{_OURS}ContainerGroup", f"{stack}-{group.name}", {"group": group.name, "wave": group.wave}


def _type_of(manifest: Manifest) -> str:
    version, kind = manifest.object["apiVersion"], manifest.object["kind"]
    return f"kubernetes:{version if '/' in version else f'core/{version}'}:{kind}"

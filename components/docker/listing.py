"""Every resource that a deployment registers on a Docker machine, as plain data. Pure.

`components/docker/component.py` registers them; a test holds this list against what it registered.
"""

from __future__ import annotations

from collections.abc import Iterator

from components.docker.render import (
    Rendered,
    deployed_networks,
    is_closed,
    render_build,
    render_container,
    render_network,
    render_provider,
    render_volume,
)
from fleet.plan.deployment import Deployment

_OURS = "fleet:docker:"


def listing(deployment: Deployment) -> Iterator[tuple[str, str, Rendered]]:
    """(type, logical name, properties in the render's spelling) of each resource, components included."""
    stack, machine = deployment.stack, deployment.machine
    yield f"{_OURS}DockerMachine", stack, {"machine": machine.name}
    yield "pulumi:providers:docker", f"{stack}-daemon", render_provider(machine)
    yield from _networks(deployment)
    for key, volume in deployment.volumes.items():
        yield f"{_OURS}DataVolume", f"{stack}-volume-{key}", {"kind": str(volume.kind)}
        yield "docker:index/volume:Volume", f"{stack}-volume-{key}-volume", render_volume(volume)
    if deployment.builds:
        yield f"{_OURS}AgentImages", f"{stack}-images", {"images": len(deployment.builds)}
    for build in deployment.builds:
        yield "docker:index/image:Image", f"{stack}-images-{build.name}", render_build(build)
    for group in (*deployment.sharing, *deployment.groups):
        kind = "GpuSharing" if group in deployment.sharing else "ContainerGroup"
        yield f"{_OURS}{kind}", f"{stack}-{group.name}", {"group": group.name, "wave": group.wave}
        for container in group.containers:
            rendered = render_container(container, deployment)
            yield "docker:index/container:Container", f"{stack}-{group.name}-{container.key}", rendered


def _networks(deployment: Deployment) -> Iterator[tuple[str, str, Rendered]]:
    roles = ("", *(f"-{tenant}" for tenant in deployment.tenants))
    for role, network in zip(roles, deployed_networks(deployment), strict=True):
        name = f"{deployment.stack}-network{role}"
        yield f"{_OURS}FleetNetwork", name, {"subnet": str(network.subnet)}
        rendered = render_network(network, closed=is_closed(network, deployment))
        yield "docker:index/network:Network", f"{name}-bridge", rendered

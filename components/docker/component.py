"""Component resources of a Docker machine; `listing.py` says what each registers, and after what."""

from __future__ import annotations

from typing import Any

import pulumi

from components.docker.health import health_hook
from components.docker.listing import CONTAINER
from components.listing import Entry
from components.registering import Component, Registrar
from fleet.plan.deployment import Deployment


class DockerMachine(Component):
    """One Docker daemon and everything a deployment puts on it: provider, networks, volumes, images and groups.

    It does not own the daemon, the GPU driver or the images that are only pulled. Its outputs are what stack policies
    judge by: capacity, cards, and the subnets and start order of the whole fleet.
    """


class FleetNetwork(Component):
    """The machine's bridge network, or a tenant's. Docker's default bridge is not used."""


class DataVolume(Component):
    """A volume, in a folder of the host or named. Data and caches are protected, and kept when the stack goes."""


class AgentImages(Component):
    """The agent host's image, and on it one for each container with requirements. Nothing is pushed anywhere."""


class ContainerGroup(Component):
    """A group's main container and its sidecars; complete once each of them is healthy.

    It does not own the networks or the volumes: those outlive a group.
    """


class GpuSharing(ContainerGroup):
    """The MPS control daemon of a card, which lets several containers use it at the same time.

    It owns the daemon alone: the folder it shares with its clients is a volume of the machine, the driver the host's.
    """


class DockerRegistrar(Registrar):
    """Waits for each container it creates to be healthy. A preview creates nothing that a hook could watch."""

    def __init__(self, deployment: Deployment) -> None:
        super().__init__(DockerMachine, FleetNetwork, DataVolume, AgentImages, ContainerGroup, GpuSharing)
        self._hooks: pulumi.ResourceHookBinding | None = None
        if not pulumi.runtime.is_dry_run():
            deadlines = {container.name: container.health.deadline_s for container in deployment.containers}
            hook = health_hook(deployment.stack, deployment.machine.connection, deadlines)
            self._hooks = pulumi.ResourceHookBinding(after_create=[hook])

    def options(self, entry: Entry) -> dict[str, Any]:
        """Of any entry, and of a container its hook."""
        options = super().options(entry)
        return {**options, "hooks": self._hooks} if entry.type == CONTAINER else options


registrar = DockerRegistrar

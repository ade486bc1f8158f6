"""Component resources of a Docker machine; `listing.py` defines their children and dependencies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi

from components.docker.contexts import write_contexts
from components.docker.health import Health
from components.docker.listing import CONTAINER
from components.docker.render import config_secrets
from components.docker.turns import Turns
from components.docker.volume_owners import owned_mounts
from components.ending import Ending
from components.listing import Entry
from components.registering import Component, Registrar
from fleet.errors import UserError
from fleet.plan.deployment import Deployment
from fleet.source.locations import SECRETS, set_secret
from fleet.text import plural


class DockerMachine(Component):
    """A Docker daemon's provider, networks, volumes, built images and groups.

    Not included: the daemon, the GPU driver, and images that are only pulled.
    """


class FleetNetwork(Component):
    """The machine's bridge network, or a tenant's. Docker's default bridge is not used."""


class DataVolume(Component):
    """A named volume or a host folder. Data and caches are protected, and retained when the stack is destroyed."""


class AgentImages(Component):
    """The agent host's image, and one based on it for each container with requirements. None is pushed."""


class ContainerGroup(Component):
    """A group's main container and sidecars; complete once all are healthy. Networks and volumes outlive it."""


class GpuSharing(ContainerGroup):
    """The MPS control daemon of a card, which lets several containers use it at the same time."""


class DockerRegistrar(Registrar):
    """Waits for each created container to become healthy, and looks at all of them in each update."""

    def __init__(self, deployment: Deployment, ending: Ending) -> None:
        super().__init__(DockerMachine, FleetNetwork, DataVolume, AgentImages, ContainerGroup, GpuSharing)
        self._deployment = deployment
        self._stack = deployment.stack
        self._secrets = config_secrets(deployment)
        self._hooks: pulumi.ResourceHookBinding | None = None
        self._containers: dict[str, pulumi.CustomResource] = {}
        self._created: set[str] = set()
        deadlines = {container.name: container.health.deadline_s for container in deployment.containers}
        once = frozenset(container.name for container in deployment.containers if container.once)
        self._health = Health(deployment.machine.connection, deadlines, ending, once, owned_mounts(deployment))
        if not pulumi.runtime.is_dry_run():
            later = {
                one.name: [c.name for c in group.containers if one in group.before(c)]
                for group in deployment.groups
                for one in group.containers
            }
            turns = Turns(self._health.client, deployment.off_containers, later, ending)
            self._hooks = pulumi.ResourceHookBinding(
                before_create=[turns.hook(deployment.stack)]
                if deployment.off_containers or any(later.values())
                else None,
                after_create=[self._health.hook(deployment.stack)],
            )
            if not ending.offline:
                self._health.connect()
                ending.expect_hooks(lambda: len(self._created) < len(self._containers))

    def machine(self, root: Entry) -> Component:
        """Ends with one error if secrets of the containers have no value."""
        config = pulumi.Config(SECRETS.removesuffix(":"))
        missing = [name for name in self._secrets if not self.offline and config.get_secret(name) is None]
        if missing:
            commands = "\n".join(f"  {set_secret(self._stack, name)}" for name in missing)
            count = plural(len(missing), "secret")
            msg = f"{count} of the stack without a value; set each on your terminal:\n{commands}"
            raise pulumi.RunError(msg)
        if not self.offline:
            try:
                write_contexts(Path(), self._deployment)
            except UserError as error:
                raise pulumi.RunError(str(error)) from error
        return super().machine(root)

    def options(self, entry: Entry) -> dict[str, Any]:
        """Adds the health hook to containers."""
        options = super().options(entry)
        return {**options, "hooks": self._hooks} if entry.type == CONTAINER else options

    def resource(self, entry: Entry, arguments: Mapping[str, Any], options: pulumi.ResourceOptions) -> pulumi.Resource:
        """Keeps the containers, to look at them later."""
        made = super().resource(entry, arguments, options)
        if entry.type == CONTAINER and isinstance(made, pulumi.CustomResource):
            name = str(arguments["name"])
            self._containers[name] = made
            made.id.apply(lambda _: self._created.add(name))
        return made

    async def problems(self) -> list[str]:
        """Containers that are not healthy."""
        ids = {name: await made.id.future() for name, made in self._containers.items()}
        try:
            # A container that `--target` leaves out has no id.
            return await self._health.problems({name: id_ for name, id_ in ids.items() if id_})
        finally:
            self._health.close()


registrar = DockerRegistrar

"""Component resources of a Docker machine.

`DockerMachine` owns the provider, the networks, the volumes and the groups of one daemon. It does not own the daemon,
the GPU driver or the images.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_docker as docker

from components.docker.changes import REPLACE_ON
from components.docker.health import health_hook
from components.docker.images import AgentImages
from components.docker.provider import machine_provider
from components.docker.render import (
    deployed_networks,
    is_closed,
    keeps_data,
    render_container,
    render_network,
    render_volume,
)
from fleet.model import DeviceClass, Machine
from fleet.model.machine import ContainerNetwork
from fleet.plan.deployment import Deployment, PlannedGroup, PlannedVolume
from fleet.plan.facts import common_facts


def build(deployment: Deployment) -> DockerMachine:
    """Registers a deployment and exports what its owner looks up."""
    machine = DockerMachine(deployment.stack, deployment)
    pulumi.export("machine", deployment.machine.name)
    pulumi.export("endpoints", dict(deployment.endpoints))
    return machine


class DockerMachine(pulumi.ComponentResource):
    """One Docker daemon and everything a deployment puts on it.

    Its outputs are what stack policies judge by: capacity, cards, and the subnets and start order of the whole fleet.
    """

    def __init__(self, name: str, args: Deployment, opts: pulumi.ResourceOptions | None = None) -> None:
        machine = args.machine
        super().__init__("fleet:docker:DockerMachine", name, {"machine": machine.name}, opts)
        self.provider = machine_provider(name, machine, self)
        child = pulumi.ResourceOptions(parent=self, providers=[self.provider])
        self.networks = {
            network.name: FleetNetwork(f"{name}-network{role}", NetworkArgs(network, is_closed(network, args)), child)
            for role, network in zip(("", *(f"-{t}" for t in args.tenants)), deployed_networks(args), strict=True)
        }
        self.volumes = {key: DataVolume(f"{name}-volume-{key}", volume, child) for key, volume in args.volumes.items()}
        self.images = _images(name, args, child)
        self._hook = _health_hook(name, args)
        self.groups: dict[str, ContainerGroup] = {}
        for group in (*args.sharing, *args.groups):
            group_args = GroupArgs(group, args, self.networks, self.volumes, self.images, self._hook)
            earlier = [self.groups[after] for after in (*group.shares, *group.start_after)]
            options = pulumi.ResourceOptions(parent=self, providers=[self.provider], depends_on=earlier)
            kind = GpuSharing if group in args.sharing else ContainerGroup
            self.groups[group.name] = kind(f"{name}-{group.name}", group_args, options)
        self.register_outputs(_facts(args))


@dataclass(frozen=True)
class NetworkArgs:
    """A network, and whether it is closed: without a way out of the machine."""

    network: ContainerNetwork
    closed: bool


class FleetNetwork(pulumi.ComponentResource):
    """The machine's bridge network, or a tenant's beside it. Docker's default bridge is not used."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        network = args.network
        super().__init__("fleet:docker:FleetNetwork", name, {"subnet": str(network.subnet)}, opts)
        bridge = docker.Network(
            f"{name}-bridge",
            **render_network(network, closed=args.closed),
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.name = bridge.name
        self.register_outputs({"name": network.name, "subnet": str(network.subnet)})


class DataVolume(pulumi.ComponentResource):
    """A volume, in a folder of the host or named. Data and caches are protected, and kept when the stack goes."""

    def __init__(self, name: str, args: PlannedVolume, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fleet:docker:DataVolume", name, {"kind": str(args.kind)}, opts)
        kept = keeps_data(args)
        options = pulumi.ResourceOptions(parent=self, protect=kept, retain_on_delete=kept)
        self.volume = docker.Volume(f"{name}-volume", **render_volume(args), opts=options)
        self.register_outputs({"name": args.name, "kind": str(args.kind)})


@dataclass(frozen=True)
class GroupArgs:
    """What a container group needs of its machine. `hook` is absent in a preview."""

    group: PlannedGroup
    deployment: Deployment
    networks: Mapping[str, FleetNetwork]
    volumes: Mapping[str, DataVolume]
    images: Mapping[str, pulumi.Resource]
    """Image reference -> what builds it; ready images are not in it."""
    hook: pulumi.ResourceHook | None


class ContainerGroup(pulumi.ComponentResource):
    """A group's main container and its sidecars; complete once each of them is healthy.

    It does not own the networks or the volumes: those outlive a group.
    """

    type_token = "fleet:docker:ContainerGroup"  # noqa: S105  (a type's name)

    def __init__(self, name: str, args: GroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        group = args.group
        super().__init__(self.type_token, name, {"group": group.name, "wave": group.wave}, opts)
        hooks = pulumi.ResourceHookBinding(after_create=[args.hook]) if args.hook else None
        for container in group.containers:
            rendered = render_container(container, args.deployment)
            # The output, not the plain name: a network that is replaced must take its containers down first.
            for joined in rendered["networks_advanced"]:
                joined["name"] = args.networks[joined["name"]].name
            built = [args.images[container.image]] if container.image in args.images else []
            options = pulumi.ResourceOptions(
                parent=self,
                depends_on=[*(args.volumes[mount.volume] for mount in container.mounts), *built],
                replace_on_changes=list(REPLACE_ON),
                delete_before_replace=True,
                hooks=hooks,
            )
            docker.Container(f"{name}-{container.key}", **rendered, opts=options)
        self.register_outputs({"group": group.name, "containers": [c.name for c in group.containers]})


class GpuSharing(ContainerGroup):
    """The MPS control daemon of a card, which lets several containers use it at the same time.

    It owns the daemon alone: the folder it shares with its clients is a volume of the machine, the driver the host's.
    """

    type_token = "fleet:docker:GpuSharing"  # noqa: S105  (a type's name)


def _images(name: str, deployment: Deployment, opts: pulumi.ResourceOptions) -> Mapping[str, pulumi.Resource]:
    """The images to build."""
    if not deployment.builds:
        return {}
    return AgentImages(f"{name}-images", deployment, opts).images


def _health_hook(name: str, deployment: Deployment) -> pulumi.ResourceHook | None:
    """A preview creates nothing that a hook could watch."""
    if pulumi.runtime.is_dry_run():
        return None
    deadlines = {container.name: container.health.deadline_s for container in deployment.containers}
    return health_hook(name, deployment.machine.connection, deadlines)


def _facts(deployment: Deployment) -> dict[str, object]:
    machine = deployment.machine
    return {
        **common_facts(deployment),
        "memoryReserveMib": machine.memory_reserve_mib,
        "lanAddress": str(machine.lan_address or ""),
        "deviceClass": str(machine.device_class),
        "arch": str(machine.arch or ""),
        "gpus": {
            card.name: {
                "model": card.gpu.model,
                "device": card.gpu.device,
                "cuda": card.gpu.cuda or "",
                "capacityMib": card.gpu.memory_mib,
                "desktopReserveMib": card.gpu.reserve_mib,
                "contextMib": card.gpu.context_mib,
                "mps": card.gpu.mps is not None,
                **({"mpsUid": card.gpu.mps.uid, "mpsClientsMax": card.gpu.mps.clients_max} if card.gpu.mps else {}),
            }
            for card in deployment.cards
        },
        **_attestation(machine),
    }


def _attestation(machine: Machine) -> dict[str, object]:
    """Only of a device whose stock system ignores memory limits: what its owner says of it."""
    if machine.device_class is not DeviceClass.SINGLE_BOARD_COMPUTER:
        return {}
    said = {True: "on", False: "off", None: "unstated"}
    return {"memoryEnforced": said[machine.memory_enforced]}

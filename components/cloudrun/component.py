"""Component resources of Cloud Run.

`CloudRun` owns the provider and, in its parts, everything a deployment puts into a project. It does not own the
project, its network, the secrets' values, the images, or the name by which the world finds the front door.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pulumi

from components.cloudrun.provider import project_provider
from components.cloudrun.registering import Register
from components.cloudrun.render import render
from components.cloudrun.resources.base import CloudResource, Part, cloud_of, project_of
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.plan.facts import common_facts


def build(deployment: Deployment) -> CloudRun:
    """Registers a deployment and exports what its owner looks up."""
    run = CloudRun(deployment.stack, deployment)
    pulumi.export("machine", deployment.machine.name)
    pulumi.export("endpoints", dict(deployment.endpoints))
    return run


@dataclass(frozen=True)
class PartArgs:
    """A part's resources, and what registers them."""

    register: Register
    resources: Sequence[CloudResource]


@dataclass(frozen=True)
class GroupArgs(PartArgs):
    """A group and its own resources."""

    group: PlannedGroup


class CloudRun(pulumi.ComponentResource):
    """A project and everything a deployment puts into it.

    Its outputs are what stack policies judge by: project, regions, what a month may cost, the start order of the fleet.
    """

    def __init__(self, name: str, args: Deployment, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fleet:cloudrun:CloudRun", name, {"machine": args.machine.name}, opts)
        provider = project_provider(name, args, self)
        resources, register = render(args, date.today()), Register(name)
        under = pulumi.ResourceOptions(parent=self, providers=[provider])
        before = [r for r in resources if r.part is Part.PLATFORM]
        self.platform = CloudPlatform(f"{name}-platform", PartArgs(register, before), under)
        self.groups: dict[str, CloudRunGroup] = {}
        for group in args.groups:
            mine = [r for r in resources if r.part is Part.GROUP and r.group == group.name]
            earlier = pulumi.ResourceOptions(depends_on=[self.groups[after] for after in group.start_after])
            options = pulumi.ResourceOptions.merge(under, earlier)
            self.groups[group.name] = CloudRunGroup(f"{name}-{group.name}", GroupArgs(register, mine, group), options)
        door = [r for r in resources if r.part is Part.FRONT_DOOR]
        if door:
            self.front_door = GlobalFrontDoor(f"{name}-front-door", PartArgs(register, door), under)
        watching = [r for r in resources if r.part is Part.OBSERVABILITY]
        if watching:
            self.observability = Observability(f"{name}-observability", PartArgs(register, watching), under)
        self.register_outputs(_facts(args))


class CloudPlatform(pulumi.ComponentResource):
    """What groups find when they start: APIs, accounts with their rights, repositories, secrets, buckets, databases.

    It does not own the secrets' values, nor what the APIs were used for before.
    """

    def __init__(self, name: str, args: PartArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fleet:cloudrun:CloudPlatform", name, {}, opts)
        args.register.all(args.resources, self)
        self.register_outputs({"resources": len(args.resources)})


class CloudRunGroup(pulumi.ComponentResource):
    """A group's service, worker pool or job in every region, and who may call it.

    It does not own the group's account or its data: those outlive it.
    """

    def __init__(self, name: str, args: GroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        group = args.group
        super().__init__("fleet:cloudrun:CloudRunGroup", name, {"group": group.name, "wave": group.wave}, opts)
        args.register.all(args.resources, self)
        self.register_outputs({"group": group.name, "containers": [container.key for container in group.containers]})


class GlobalFrontDoor(pulumi.ComponentResource):
    """The global load balancer: address, certificate, routes and what it refuses.

    It does not own the DNS record that leads to its address.
    """

    def __init__(self, name: str, args: PartArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fleet:cloudrun:GlobalFrontDoor", name, {}, opts)
        args.register.all(args.resources, self)
        self.register_outputs({"resources": len(args.resources)})


class Observability(pulumi.ComponentResource):
    """Uptime checks, alerts, the count of errors and the dashboard.

    It does not own who is told: the channel is the platform's, whose budget tells the same owner.
    """

    def __init__(self, name: str, args: PartArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fleet:cloudrun:Observability", name, {}, opts)
        args.register.all(args.resources, self)
        self.register_outputs({"resources": len(args.resources)})


def _facts(deployment: Deployment) -> dict[str, object]:
    cloud = cloud_of(deployment)
    return {
        **common_facts(deployment),
        "project": project_of(deployment),
        "projectNumber": cloud.project_number,
        "regions": list(cloud.regions),
        "frontDoor": cloud.front_door.host if cloud.front_door else "",
        "memoryReserveMib": 0,
        "lanAddress": "",
        "secretVersions": {name: secret.version for name, secret in cloud.secrets.items()},
    }

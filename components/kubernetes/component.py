"""Component resources of a Kubernetes cluster.

`Cluster` owns the provider, the namespaces with their quotas and default policies, the volumes' claims and the groups.
It does not own the cluster, its nodes, what hands out its cards, the entrance's controller, or the secrets' values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.kubernetes.changes import REPLACE_ON
from components.kubernetes.kinds import register
from components.kubernetes.manifests.base import Manifest
from components.kubernetes.manifests.workload import progress_deadline_s
from components.kubernetes.provider import cluster_provider
from components.kubernetes.render import render
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.plan.facts import common_facts

_CLAIM = "v1/PersistentVolumeClaim"
_NAMESPACE = "v1/Namespace"


def build(deployment: Deployment) -> Cluster:
    """Registers a deployment and exports what its owner looks up."""
    cluster = Cluster(deployment.stack, deployment)
    pulumi.export("machine", deployment.machine.name)
    pulumi.export("endpoints", dict(deployment.endpoints))
    return cluster


class Cluster(pulumi.ComponentResource):
    """A cluster and everything a deployment puts on it.

    Its outputs are what stack policies judge by: node pools with their cards, and the start order of the fleet.
    """

    def __init__(self, name: str, args: Deployment, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fleet:kubernetes:Cluster", name, {"machine": args.machine.name}, opts)
        provider = cluster_provider(name, args.machine, self)
        manifests = render(args)
        namespaces = _register(name, [m for m in manifests if m.kind == _NAMESPACE], self, provider, [])
        kept = [m for m in manifests if m.kind == _CLAIM]
        shared = [m for m in manifests if m.group is None and m.kind != _NAMESPACE]
        platform = _register(name, shared, self, provider, namespaces)
        claims = {m.name: DataVolume(f"{name}-{m.key}", m, _under(self, provider, platform)) for m in kept}
        self.groups: dict[str, ContainerGroup] = {}
        for group in args.groups:
            mine = [m for m in manifests if m.group == group.name and m.kind != _CLAIM]
            mounts = [c for volume, c in claims.items() if group.name in args.volumes[volume].mounted_by]
            earlier = [self.groups[after] for after in group.start_after]
            options = _under(self, provider, [*platform, *mounts, *earlier])
            self.groups[group.name] = ContainerGroup(f"{name}-{group.name}", GroupArgs(name, group, mine), options)
        self.register_outputs(_facts(args))


class DataVolume(pulumi.ComponentResource):
    """The claim of a volume. It is protected, and kept when the stack goes."""

    def __init__(self, name: str, args: Manifest, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fleet:kubernetes:DataVolume", name, {"volume": args.name}, opts)
        options = pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True)
        register(f"{name}-claim", args.object, options)
        self.register_outputs({"name": args.name})


@dataclass(frozen=True)
class GroupArgs:
    """A group and its own objects; `stack` is the first part of their logical names."""

    stack: str
    group: PlannedGroup
    manifests: Sequence[Manifest]


class ContainerGroup(pulumi.ComponentResource):
    """A group's pods and all that is theirs alone; complete once the pods are ready.

    It does not own the namespace or the claims: those outlive a group.
    """

    def __init__(self, name: str, args: GroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        group = args.group
        super().__init__("fleet:kubernetes:ContainerGroup", name, {"group": group.name, "wave": group.wave}, opts)
        # The provider gives up after ten minutes unless told how long these pods may take, one after the other.
        longest = f"{progress_deadline_s(group) * group.operation.scaling.min}s"
        patience = pulumi.CustomTimeouts(create=longest, update=longest)
        for manifest in args.manifests:
            options = pulumi.ResourceOptions(parent=self, custom_timeouts=patience)
            if forced := REPLACE_ON.get(str(manifest.object["kind"])):
                # Its name is its own: the old one must be gone before the new one comes.
                more = pulumi.ResourceOptions(replace_on_changes=list(forced), delete_before_replace=True)
                options = pulumi.ResourceOptions.merge(options, more)
            register(f"{args.stack}-{manifest.key}", manifest.object, options)
        self.register_outputs({"group": group.name, "containers": [container.key for container in group.containers]})


def _register(
    name: str,
    manifests: Sequence[Manifest],
    parent: pulumi.Resource,
    provider: pulumi.ProviderResource,
    after: Sequence[pulumi.Resource],
) -> list[pulumi.Resource]:
    return [register(f"{name}-{m.key}", m.object, _under(parent, provider, after)) for m in manifests]


def _under(
    parent: pulumi.Resource, provider: pulumi.ProviderResource, after: Sequence[pulumi.Resource]
) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(parent=parent, providers=[provider], depends_on=list(after))


def _facts(deployment: Deployment) -> dict[str, object]:
    machine = deployment.machine
    pools = machine.cluster.node_pools if machine.cluster else {}
    return {
        **common_facts(deployment),
        "memoryReserveMib": 0,
        "lanAddress": "",
        "poolLabel": machine.cluster.pool_label if machine.cluster else "",
        "nodePools": {
            name: {
                "nodes": pool.nodes,
                "cpus": pool.cpus,
                "memoryMib": pool.memory_mib,
                "arch": str(pool.arch),
                "gpus": pool.gpu.per_node if pool.gpu else 0,
                "gpuModel": pool.gpu.model if pool.gpu else "",
                "cuda": (pool.gpu.cuda if pool.gpu else None) or "",
                "gpuMemoryMib": pool.gpu.memory_mib if pool.gpu else 0,
                "gpuSharing": str(pool.gpu.sharing) if pool.gpu else "none",
                "sharedReplicas": pool.gpu.shares if pool.gpu else 1,
                "contextMib": pool.gpu.context_mib if pool.gpu else 0,
            }
            for name, pool in pools.items()
        },
    }

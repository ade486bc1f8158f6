"""Namespaces of a cluster, and the minimum and maximum demand in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fleet.model import Cluster, Fleet, Machine, RolloutStrategy, VolumeKind
from fleet.plan.deployment import (
    Demand,
    PlannedGroup,
    PlannedNamespace,
    PlannedVolume,
)


def namespaces(
    machine: Machine, groups: Sequence[PlannedGroup], volumes: Mapping[str, PlannedVolume]
) -> tuple[PlannedNamespace, ...]:
    """The shared groups' namespace, then one per tenant; none outside a cluster."""
    cluster = machine.cluster
    if cluster is None:
        return ()
    tenants = sorted({group.tenant or "" for group in groups})
    return tuple(_namespace(cluster, tenant or None, groups, volumes) for tenant in tenants)


def claimed(cluster: Cluster, volume: PlannedVolume) -> int:
    """Storage that a volume claims, in MiB; 0 for scratch."""
    return 0 if is_scratch(volume) else volume.size_mib or cluster.volume_size_mib


def is_scratch(volume: PlannedVolume) -> bool:
    """Whether a volume is private to its pod and deleted with it."""
    return volume.kind is VolumeKind.SCRATCH and len(volume.mounted_by) <= 1


def _namespace(
    cluster: Cluster, tenant: str | None, groups: Sequence[PlannedGroup], volumes: Mapping[str, PlannedVolume]
) -> PlannedNamespace:
    mine = [group for group in groups if group.tenant == tenant]
    names = {group.name for group in mine}
    claims = [size for volume in volumes.values() if volume.group in names and (size := claimed(cluster, volume))]
    return PlannedNamespace(
        name=cluster.namespace_of(tenant),
        tenant=tenant,
        groups=tuple(group.name for group in mine),
        least=_demand(mine, {group.name: group.operation.scaling.min for group in mine}),
        most=_demand(mine, {group.name: copies_at_most(group) for group in mine}),
        storage_mib=sum(claims),
        volumes=len(claims),
    )


def copies_at_most(group: PlannedGroup) -> int:
    """Copies of a group that may exist at once: all, those a rollout adds, and those still terminating."""
    operation = group.operation
    if operation.rollout.strategy is RolloutStrategy.RECREATE:
        return operation.scaling.max
    tracks = 2 if operation.rollout.has_two_tracks else 1
    return (operation.scaling.max + 2 * operation.rollout.surge) * tracks


def _demand(groups: Sequence[PlannedGroup], copies: Mapping[str, int]) -> Demand:
    every = [(container, copies[group.name]) for group in groups for container in group.containers]
    return Demand(
        pods=sum(copies.values()),
        cpu_request_millicores=sum(c.cpu_request_millicores * times for c, times in every),
        cpu_limit_millicores=sum(c.cpu_cap_millicores * times for c, times in every),
        memory_request_mib=sum(c.memory_request_mib * times for c, times in every),
        memory_limit_mib=sum(c.memory_cap_mib * times for c, times in every),
        cards=sum(c.gpu.count * times for c, times in every if c.gpu),
    )


def moved(fleet: Fleet, stack: str, namespace: str) -> Fleet:
    """A copy of the fleet with a stack's groups in another namespace. Raises KeyError."""
    machine = fleet.stacks[stack].machine
    if machine.cluster is None:
        return fleet
    cluster = machine.cluster.model_copy(update={"namespace": namespace})
    machine = machine.model_copy(update={"cluster": cluster})
    return replace(fleet, stacks={**fleet.stacks, stack: fleet.stacks[stack].model_copy(update={"machine": machine})})

"""Rolling updates on a cluster: an old pod may hold a card or a volume that the new one needs."""

from __future__ import annotations

from collections.abc import Sequence

from fleet.gpu_memory import share_label
from fleet.model import ContainerGroup, RolloutStrategy, Stack, VolumeKind
from fleet.targets.kubernetes.capacity import cluster_of, pool_uses


def card_held_by_the_old_pod(group: ContainerGroup, stack: Stack, groups: Sequence[ContainerGroup]) -> str | None:
    """The pool without a free card for a new pod, which would wait for the old pod and block the rollout; else None."""
    rollout = group.rollout
    if rollout.strategy is not RolloutStrategy.ROLLING or rollout.surge == 0 or rollout.unavailable:
        return None
    labels = {share_label(group.name, key) for key in group.containers}
    for use in pool_uses(stack, groups):
        mine = [share for share in use.shares if share.label in labels]
        if mine and not use.has_room_for(mine, rollout.surge):
            return use.name
    return None


def volume_held_by_the_old_pod(group: ContainerGroup, stack: Stack, groups: Sequence[ContainerGroup]) -> str | None:
    """The volume that blocks a rollout, because it is attached to the old pod's node; else None."""
    rollout = group.rollout
    if sum(pool.nodes for pool in cluster_of(stack).node_pools.values()) == 1:
        return None
    if rollout.strategy is not RolloutStrategy.ROLLING or rollout.surge == 0 or group.scaling.max > 1:
        return None
    if group.single_writer_volumes:
        # A StatefulSet always stops the old pod first.
        return None
    for name, volume in group.volumes.items():
        mounting = [other.name for other in groups if any(name in c.mounts for c in other.containers.values())]
        if volume.kind is not VolumeKind.SCRATCH and mounting == [group.name]:
            return name
    return None

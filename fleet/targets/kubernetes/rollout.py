"""How a group's new version takes over on a cluster: an old pod may hold what the new one needs."""

from __future__ import annotations

from collections.abc import Sequence

from fleet.model import ContainerGroup, Rollout, RolloutStrategy, Stack, VolumeKind
from fleet.targets.kubernetes.capacity import cluster_of, pool_uses


def rollout_on(group: ContainerGroup, stack: Stack, groups: Sequence[ContainerGroup]) -> Rollout:
    """A group's rollout on a stack, whose groups are given: its own, or one that stops an old pod first."""
    if volume_held_by_the_old_pod(group, stack, groups):
        return Rollout(strategy=RolloutStrategy.RECREATE)
    if card_held_by_the_old_pod(group, stack, groups):
        return Rollout(surge=0, unavailable=max(1, group.rollout.unavailable))
    return group.rollout


def card_held_by_the_old_pod(group: ContainerGroup, stack: Stack, groups: Sequence[ContainerGroup]) -> str | None:
    """A pool without a spare card for a rolling group's new pod; None where there is one.

    The new pod would wait for the card, and the old pod, which must not be missed, for the new one.
    """
    rollout = group.rollout
    if rollout.strategy is not RolloutStrategy.ROLLING or rollout.surge == 0 or rollout.unavailable:
        return None
    for use in pool_uses(stack, groups):
        mine = [share for share in use.shares if share.group == group.name]
        if mine and not use.has_room_for([share.amount_mib for share in mine] * rollout.surge):
            return use.name
    return None


def volume_held_by_the_old_pod(group: ContainerGroup, stack: Stack, groups: Sequence[ContainerGroup]) -> str | None:
    """A volume that keeps a group from rolling; None where nothing does.

    A volume of one pod is claimed for one node. A new pod on another node waits for it, and the old pod, which must
    not be missed, waits for the new one.
    """
    rollout = group.rollout
    if sum(pool.nodes for pool in cluster_of(stack).node_pools.values()) == 1:
        return None
    if rollout.strategy is not RolloutStrategy.ROLLING or rollout.surge == 0 or group.scaling.max > 1:
        return None
    if group.single_writer_volumes:
        # A StatefulSet, which stops its old pod first in any case.
        return None
    for name, volume in group.volumes.items():
        mounting = [other.name for other in groups if any(name in c.mounts for c in other.containers.values())]
        if volume.kind is not VolumeKind.SCRATCH and mounting == [group.name]:
            return name
    return None

"""How a group's new version takes over where it runs: on a cluster the old pod may hold what the new one needs."""

from __future__ import annotations

from collections.abc import Sequence

from fleet.model import ContainerGroup, Rollout, RolloutStrategy, Stack, VolumeKind


def rollout_on(group: ContainerGroup, stack: Stack, groups: Sequence[ContainerGroup]) -> Rollout:
    """A group's rollout on a stack, whose groups are given: its own, or one that stops the old pod first."""
    if volume_held_by_the_old_pod(group, stack, groups) is None:
        return group.rollout
    return Rollout(strategy=RolloutStrategy.RECREATE)


def volume_held_by_the_old_pod(group: ContainerGroup, stack: Stack, groups: Sequence[ContainerGroup]) -> str | None:
    """A volume that keeps a group from rolling; None where nothing does.

    A volume of one pod is claimed for one node. A new pod on another node waits for it, and the old pod, which must
    not be missed, waits for the new one.
    """
    cluster, rollout = stack.machine.cluster, group.rollout
    if cluster is None or sum(pool.nodes for pool in cluster.node_pools.values()) == 1:
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

"""Tenants are isolated: they share no peers and no writable storage."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources


def ensure_peers_are_of_one_tenant(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Peers are groups of the same tenant, or shared."""
    for name, group in fleet.groups.items():
        for index, ref in enumerate(group.peers):
            peer = fleet.groups.get(ref.partition("/")[0])
            if peer is not None and peer.tenant not in (None, group.tenant):
                problem = f"{ref} belongs to tenant {peer.tenant}, but {name} to {group.whose}"
                remedy = f"drop the peer, or set tenant: {peer.tenant} for {name}"
                yield sources.group_fault(name, ("peers", index), problem, remedy)


def ensure_tenants_share_no_storage(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A volume belongs to one tenant; a shared one is mounted read-only."""
    for stack in fleet.stacks.values():
        owners = {volume: group for group in fleet.placed(stack) for volume in group.volumes}
        for _, group, key, container in fleet.containers((stack,)):
            for volume, mount in container.mounts.items():
                owner = owners.get(volume, group)
                if owner.tenant == group.tenant or (owner.tenant is None and mount.read_only):
                    continue
                problem = f"{volume} belongs to {owner.whose}, but {group.name} to {group.whose}"
                remedy = "set read_only: true" if owner.tenant is None else "give the group its own volume"
                yield sources.group_fault(group.name, ("containers", key, "mounts", volume), problem, remedy)

"""Tenants are kept apart: by peers, by storage, by what shares a card, and by a network of their own."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources


def ensure_peers_are_of_one_tenant(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A group names peers of its own tenant, or shared ones."""
    for name, group in fleet.groups.items():
        for index, ref in enumerate(group.peers):
            peer = fleet.groups.get(ref.partition("/")[0])
            if peer is not None and peer.tenant is not None and peer.tenant != group.tenant:
                problem = f"{ref} is of tenant {peer.tenant}, but {name} is of {group.whose}"
                remedy = f"drop the peer, or give {name} tenant: {peer.tenant}"
                yield sources.group_fault(name, ("peers", index), problem, remedy)


def ensure_tenants_share_no_storage(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A volume is no way from one tenant to another: a shared one can only be read."""
    for stack in fleet.stacks.values():
        owners = {volume: group for group in fleet.placed(stack) for volume in group.volumes}
        for _, group, key, container in fleet.containers((stack,)):
            for volume, mount in container.mounts.items():
                owner = owners.get(volume, group)
                if owner.tenant == group.tenant or (owner.tenant is None and mount.read_only):
                    continue
                problem = f"{volume} is of {owner.whose}, but {group.name} is of {group.whose}"
                remedy = "set read_only: true" if owner.tenant is None else "give the group a volume of its own"
                yield sources.group_fault(group.name, ("containers", key, "mounts", volume), problem, remedy)

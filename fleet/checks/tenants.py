"""Tenants are kept apart: by peers, by storage, by what shares a card, and by a network of their own."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.checks.selection import containers, placed
from fleet.model import ContainerGroup, Fleet, Target
from fleet.network.addresses import AddressBook
from fleet.network.tenants import free_subnets, tenants_of
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.docker_budget import card_of, shared_cards


def ensure_peers_are_of_one_tenant(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A group names peers of its own tenant, or shared ones."""
    for name, group in fleet.groups.items():
        for index, ref in enumerate(group.peers):
            peer = fleet.groups.get(ref.partition("/")[0])
            if peer is not None and peer.tenant is not None and peer.tenant != group.tenant:
                problem = f"{ref} is of tenant {peer.tenant}, but {name} is of {_whose(group)}"
                remedy = f"drop the peer, or give {name} tenant: {peer.tenant}"
                yield sources.group_fault(name, ("peers", index), problem, remedy)


def ensure_tenants_share_no_storage(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A volume is no way from one tenant to another: a shared one can only be read."""
    for stack in fleet.stacks.values():
        owners = {volume: group for group in placed(fleet, stack) for volume in group.volumes}
        for _, group, key, container in containers(fleet, (stack,)):
            for volume, mount in container.mounts.items():
                owner = owners.get(volume, group)
                if owner.tenant == group.tenant or (owner.tenant is None and mount.read_only):
                    continue
                problem = f"{volume} is of {_whose(owner)}, but {group.name} is of {_whose(group)}"
                remedy = "set read_only: true" if owner.tenant is None else "give the group a volume of its own"
                yield sources.group_fault(group.name, ("containers", key, "mounts", volume), problem, remedy)


def ensure_tenants_share_no_card(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """MPS clients of a card share a folder in memory, and one's fault ends all."""
    for stack in fleet.stacks.values():
        first: dict[str, ContainerGroup] = {}
        for _, group, key, container in containers(fleet, (stack,)):
            card = card_of(stack.machine, container.gpu) if container.gpu else None
            if card is None or card not in shared_cards(stack):
                continue
            other = first.setdefault(card, group)
            if other.tenant != group.tenant:
                problem = f"MPS of {card} on {stack.name} would join {_whose(group)} and {_whose(other)} ({other.name})"
                yield sources.group_fault(
                    group.name, ("containers", key, "gpu"), problem, "give each tenant a card, or a machine"
                )


def ensure_tenants_stay_on_one_machine(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A port published for another machine is open to the whole LAN: a tenant's never is."""
    book = AddressBook(fleet.members, fleet.groups)
    asked: set[str] = set()
    for use in book.uses:
        owner = fleet.groups[use.endpoint.group]
        docker = use.endpoint.stack.machine.target is Target.DOCKER
        if use.crosses_machines and owner.tenant and docker and use.endpoint.ref not in asked:
            asked.add(use.endpoint.ref)
            problem = (
                f"{use.group} on {use.stack.name} needs it on {use.endpoint.stack.name}, where its port would be open "
                f"to every tenant of the LAN"
            )
            yield sources.group_fault(owner.name, ("tenant",), problem, "put both groups on one machine")


def ensure_tenants_have_networks(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Each tenant of a Docker machine has a subnet of its own there, stated, so that no other's coming changes it."""
    free = free_subnets(fleet)
    for stack in fleet.stacks.values():
        if stack.machine.target is not Target.DOCKER:
            continue
        groups = placed(fleet, stack)
        for tenant in tenants_of(groups):
            if tenant not in stack.machine.tenants:
                names = ", ".join(group.name for group in groups if group.tenant == tenant)
                problem = f"{tenant} has no subnet, and {names} runs there"
                remedy = f"add machine.tenants.{tenant}: {{subnet: {next(free, '10.210.N.0/24')}}}"
                yield sources.stack_fault(stack.name, ("machine", "tenants"), problem, remedy)


def _whose(group: ContainerGroup) -> str:
    return f"tenant {group.tenant}" if group.tenant else "no tenant"

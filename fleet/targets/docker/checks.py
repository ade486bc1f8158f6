"""Docker machines: what their groups reserve fits, and what they ask for is there. Nothing schedules there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.model import ContainerGroup, Fleet, Stack, Target
from fleet.network.addresses import AddressBook
from fleet.network.tenants import free_subnets, tenants_of
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.docker.gpu_checks import check_cards
from fleet.targets.reserved import MPS_DAEMON_MEMORY_MIB, reserved
from fleet.text import addends, plural, thousands


def check(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Every fault of the stacks whose machine is a Docker machine."""
    yield from ensure_lan_addresses_are_known(fleet, sources)
    yield from ensure_tenants_stay_on_one_machine(fleet, sources)
    yield from ensure_tenants_have_networks(fleet, sources)
    yield from ensure_memory_fits(fleet, sources)
    yield from ensure_devices_exist(fleet, sources)
    yield from check_cards(fleet, sources)


def ensure_lan_addresses_are_known(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A machine whose endpoints another machine needs has a LAN address, and not the loopback."""
    published = AddressBook(fleet.members, fleet.groups).published
    for stack in fleet.on(Target.DOCKER):
        if stack.sandbox or not published[stack.name]:
            continue
        address, first = stack.machine.lan_address, published[stack.name][0].ref
        path = ("machine", "lan_address")
        if address is None:
            problem = f"is missing, but another machine needs {first}"
            yield sources.stack_fault(stack.name, path, problem, "add the address other machines reach it by")
        elif address.is_loopback or address.is_unspecified:
            problem = f"{address} cannot be reached from another machine, which needs {first}"
            yield sources.stack_fault(stack.name, path, problem, "give the address on the LAN")


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
    for stack in fleet.on(Target.DOCKER):
        groups = fleet.placed(stack)
        for tenant in tenants_of(groups):
            if tenant not in stack.machine.tenants:
                names = ", ".join(group.name for group in groups if group.tenant == tenant)
                problem = f"{tenant} has no subnet, and {names} runs there"
                remedy = f"add machine.tenants.{tenant}: {{subnet: {next(free, '10.210.N.0/24')}}}"
                yield sources.stack_fault(stack.name, ("machine", "tenants"), problem, remedy)


def ensure_devices_exist(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A host device that a container asks for is one its machine offers; a sandbox offers none and gives none."""
    members = (stack for stack in fleet.on(Target.DOCKER) if not stack.sandbox)
    for stack, group, key, container in fleet.containers(members):
        for index, device in enumerate(container.devices):
            if device not in stack.machine.devices:
                problem = f"{device} is no device {stack.name} offers"
                path = ("containers", key, "devices", index)
                remedy = "add it under machine.devices of that stack, or drop it"
                yield sources.group_fault(group.name, path, problem, remedy)


def ensure_memory_fits(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """`sum(request) + reserve <= machine`, for memory and for processors, in every mode; a cluster has a scheduler."""
    for stack in fleet.on(Target.DOCKER):
        for mode, groups in fleet.placed_by_mode(stack):
            yield from _memory(stack, mode, groups, sources)
            yield from _processors(stack, mode, groups, sources)


def _memory(stack: Stack, mode: str | None, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    shares = {
        group.name: sum(reserved(stack, container).memory_request_mib for container in group.containers.values())
        for group in groups
    }
    if stack.shared_cards:
        shares["gpu-sharing"] = MPS_DAEMON_MEMORY_MIB * len(stack.shared_cards)
    machine = stack.machine
    total = sum(shares.values()) + machine.memory_reserve_mib
    if total <= machine.memory_mib:
        return
    sums = f"{addends(list(shares.items()))} + reserve {thousands(machine.memory_reserve_mib)} = {thousands(total)}"
    detail = f"{sums} of {thousands(machine.memory_mib)} MiB"
    few = f"too little for the requests of {plural(len(shares), 'group')}{_in(mode)}"
    problem = f"{thousands(machine.memory_mib)} MiB are {few}"
    yield sources.stack_fault(stack.name, ("machine", "memory"), problem, "lower a request, or move a group", (detail,))


def _processors(stack: Stack, mode: str | None, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    containers = [container for group in groups for container in group.containers.values()]
    asked = sum(reserved(stack, container).cpu_request_millicores for container in containers)
    if asked > stack.machine.cpus * 1000:
        problem = f"{stack.machine.cpus} CPUs are too few for requests of {asked / 1000:g}{_in(mode)}"
        yield sources.stack_fault(stack.name, ("machine", "cpus"), problem, "lower a cpu.request, or move a group")


def _in(mode: str | None) -> str:
    return f" in mode {mode}" if mode else ""

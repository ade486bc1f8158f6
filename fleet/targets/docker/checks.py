"""Checks of Docker machines: what the groups reserve fits, and what they ask for exists. Nothing schedules there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from fleet.gpu_devices import is_gpu_device
from fleet.model import ContainerGroup, Fleet, Stack, Target
from fleet.model.port import LAN, LOCALHOST
from fleet.network.addresses import AddressBook
from fleet.network.tenants import free_subnets, tenants_of, tenants_served
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.docker.capacity import card_uses
from fleet.targets.docker.gpu_checks import check_cards
from fleet.targets.limits import Capacity, limit_faults
from fleet.targets.reserved import MPS_DAEMON_MEMORY_MIB, reserved
from fleet.text import addends, plural, thousands

_OWN_ADDRESSES = 3
"""Of a subnet: the network's, the gateway's and the broadcast address."""


def check(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Faults of all stacks on a Docker machine."""
    book = AddressBook(fleet.members, fleet.groups)
    yield from ensure_lan_addresses_are_known(fleet, book, sources)
    yield from ensure_tenants_stay_on_one_machine(fleet, book, sources)
    yield from ensure_tenants_have_networks(fleet, sources)
    yield from ensure_subnets_have_addresses(fleet, sources)
    yield from ensure_memory_fits(fleet, sources)
    yield from ensure_limits_fit_the_machine(fleet, sources)
    yield from ensure_devices_exist(fleet, sources)
    yield from ensure_arguments_have_text(fleet, sources)
    yield from check_cards(fleet, sources)


def ensure_lan_addresses_are_known(fleet: Fleet, book: AddressBook, sources: Sources) -> Iterator[Fault]:
    """A machine with an endpoint that another machine or people need has a LAN address other than the loopback."""
    for stack in fleet.on(Target.DOCKER):
        if stack.sandbox:
            continue
        yield from _lan_of_people(fleet, stack, sources)
        if not book.published[stack.name]:
            continue
        address, first = stack.machine.lan_address, book.published[stack.name][0].ref
        path = ("machine", "lan_address")
        if address is None:
            problem = f"missing, but another machine needs {first}"
            yield sources.stack_fault(stack.name, path, problem, "add the address other machines reach it by")
        elif address.is_loopback:
            problem = f"{address} is not reachable from another machine, which needs {first}"
            yield sources.stack_fault(stack.name, path, problem, "set the address on the LAN")


def _lan_of_people(fleet: Fleet, stack: Stack, sources: Sources) -> Iterator[Fault]:
    address = stack.machine.lan_address
    if address and not address.is_loopback:
        return
    for _, group, key, port in fleet.ports((stack,)):
        if port.publish == LAN:
            problem = f"{LAN}, but {stack.name} has no address on the LAN"
            remedy = f"set machine.lan_address of that stack, or publish: {LOCALHOST}"
            yield sources.group_fault(group.name, ("ports", key, "publish"), problem, remedy)


def ensure_tenants_stay_on_one_machine(fleet: Fleet, book: AddressBook, sources: Sources) -> Iterator[Fault]:
    """No tenant's endpoint is published: the port would be open to the whole LAN."""
    asked: set[str] = set()
    for use in book.uses:
        owner, home = fleet.groups[use.endpoint.group], use.endpoint.stack
        docker = home.machine.target is Target.DOCKER
        if use.crosses_machines and owner.tenant and docker and use.endpoint.ref not in asked:
            asked.add(use.endpoint.ref)
            needed = f"{use.group} on {use.stack.name} needs it on {home.name}"
            problem = f"{needed}, where its port would be open to every tenant on the LAN"
            yield sources.group_fault(owner.name, ("tenant",), problem, "put both groups on one machine")


def ensure_tenants_have_networks(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Each tenant's subnet is set in the stack's file, so that adding a tenant changes no other subnet."""
    free = free_subnets(fleet)
    for stack in fleet.on(Target.DOCKER):
        groups = fleet.placed(stack)
        for tenant in tenants_of(groups):
            if tenant not in stack.machine.tenants:
                names = ", ".join(group.name for group in groups if group.tenant == tenant)
                problem = f"{tenant} has no subnet, but owns {names}"
                remedy = f"add machine.tenants.{tenant}: {{subnet: {next(free, '10.210.N.0/24')}}}"
                yield sources.stack_fault(stack.name, ("machine", "tenants"), problem, remedy)


def ensure_subnets_have_addresses(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Each container has an address in every network it joins, in every mode."""
    for stack in fleet.on(Target.DOCKER):
        machine, most = stack.machine, Counter[str | None]()
        for _, groups in fleet.placed_by_mode(stack):
            joined = Counter[str | None]({None: len(stack.shared_cards)})
            served = tenants_served(groups)
            for group in groups:
                for tenant in (group.tenant, *served.get(group.name, ())):
                    joined[tenant] += len(group.containers)
            most |= joined
        for tenant, number in most.items():
            network = machine.tenants.get(tenant) if tenant else machine.bridge
            free = network.subnet.num_addresses - _OWN_ADDRESSES if network else number
            if network and number > free:
                problem = f"{network.subnet} has {free} addresses for containers, and {number} join it"
                prefix = network.subnet.max_prefixlen - (number + _OWN_ADDRESSES - 1).bit_length()
                path = ("machine", "tenants", tenant) if tenant else ("machine", "network")
                yield sources.stack_fault(stack.name, (*path, "subnet"), problem, f"use a /{prefix} or larger")


def ensure_devices_exist(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Each host device is one that the machine offers, and no card; a sandbox gives none."""
    for stack in fleet.on(Target.DOCKER):
        for device in filter(is_gpu_device, stack.machine.devices):
            problem = f"{device} is the device file of a card, whose memory needs a budget"
            remedy = "add the card under machine.gpus (vendor amd or intel), and gpu to its groups; drop it here"
            yield sources.stack_fault(stack.name, ("machine", "devices", device), problem, remedy)
    members = (stack for stack in fleet.on(Target.DOCKER) if not stack.sandbox)
    for stack, group, key, container in fleet.containers(members):
        for index, device in enumerate(container.devices):
            if device not in stack.machine.devices:
                remedy = "add it under machine.devices of that stack, or drop it"
                path = ("containers", key, "devices", index)
                yield sources.group_fault(group.name, path, f"{device} is not a device of {stack.name}", remedy)


def ensure_arguments_have_text(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No argument of a command is empty: the Docker provider refuses it once the update runs."""
    found = {
        (group.name, ("containers", key, "command", index))
        for _, group, key, container in fleet.containers(fleet.on(Target.DOCKER))
        for index, argument in enumerate(container.command)
        if not argument
    }
    for name, path in sorted(found):
        remedy = "drop it, or let a shell pass it: entrypoint: [/bin/sh, -c]"
        yield sources.group_fault(name, path, "is empty, which the Docker provider refuses", remedy)


def ensure_limits_fit_the_machine(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No container may use more than the machine has: Docker refuses more CPUs than there are."""
    for stack in fleet.on(Target.DOCKER):
        has = Capacity(stack.name, stack.machine.cpus, stack.machine.memory_mib)
        for group in fleet.placed(stack) if not stack.runs_stand_ins else ():
            yield from limit_faults(group, has, sources)


def ensure_memory_fits(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """`sum(request) + reserve <= machine`, for memory and CPU, in every mode."""
    for stack in fleet.on(Target.DOCKER):
        for mode, groups in fleet.placed_by_mode(stack):
            where = f" in mode {mode}" if mode else ""
            yield from _memory(stack, where, groups, sources)
            containers = [container for group in groups for container in group.containers.values()]
            requested = sum(reserved(stack, container).cpu_request_millicores for container in containers)
            if requested > stack.machine.cpus * 1000:
                problem = f"{stack.machine.cpus} CPUs are too few for requests of {requested / 1000:g}{where}"
                remedy = "lower a cpu.request, or move a group"
                yield sources.stack_fault(stack.name, ("machine", "cpus"), problem, remedy)


def _memory(stack: Stack, where: str, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    machine = stack.machine
    shares = {g.name: sum(reserved(stack, c).memory_request_mib for c in g.containers.values()) for g in groups}
    number = plural(len(shares), "group")
    if stack.shared_cards:
        shares["gpu-sharing"] = MPS_DAEMON_MEMORY_MIB * len(stack.shared_cards)
    shares |= {f"{use.name} (unified)": use.unified_mib for use in card_uses(stack, groups) if use.unified_mib}
    total = sum(shares.values()) + machine.memory_reserve_mib
    if total > machine.memory_mib:
        capacity = f"{thousands(machine.memory_mib)} MiB"
        reserve = f"reserve {thousands(machine.memory_reserve_mib)}"
        detail = f"{addends(list(shares.items()))} + {reserve} = {thousands(total)} of {capacity}"
        problem = f"{capacity} are too little for the requests of {number}{where}"
        mostly_reserve = machine.memory_reserve_mib * 2 > machine.memory_mib
        remedy = "lower machine.memory_reserve" if mostly_reserve else "lower a request, or move a group"
        yield sources.stack_fault(stack.name, ("machine", "memory"), problem, remedy, (detail,))

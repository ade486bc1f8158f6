"""Ports do not conflict: of a container, a pod, a machine, and with those of the agent host."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.model import MAIN, ContainerGroup, Fleet, Port, Stack
from fleet.model.port import EVERY_ADDRESS, LAN, LOCALHOST
from fleet.network.addresses import AddressBook
from fleet.network.health_port import FRONT_DOOR_MAX, runs_agent_host
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.registry import target_of

_SSH_PORT = 22


def ensure_ports_are_free(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A container port is used once in its group."""
    inside: dict[tuple[str, str, int, str], str] = {}
    for _, group, key, port in fleet.ports(fleet.stacks.values()):
        other = inside.setdefault((group.name, port.container, port.port, port.protocol), key)
        if other != key:
            problem = f"{port.port}/{port.protocol} is already used by ports.{other}"
            yield sources.group_fault(group.name, ("ports", key, "port"), problem, "use another port")


def ensure_host_ports_are_free(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A host port is used once on an address of its machine, by groups that some mode runs together."""
    needed = _needed_elsewhere(fleet)
    for stack in fleet.members:
        daemon = _port_of_daemon(stack.machine.connection)
        taken: dict[tuple[int, str], list[tuple[str, str, str]]] = {}
        if daemon:
            text = f"machine.connection ({stack.machine.connection})"
            taken[daemon, "tcp"] = [(EVERY_ADDRESS, "", text)]
        for _, group, key, port in fleet.ports((stack,)):
            on_host = _in_host_network(port, group)
            number = port.port if on_host else port.outer_port
            if number is None:
                continue
            owners = taken.setdefault((number, port.protocol), [])
            here = f"{group.name}.ports.{key}"
            # A host port that nothing needs is a fault of its own.
            for_machines = not port.publish or (group.name, key) in needed
            addresses = (EVERY_ADDRESS,) if on_host else _addresses(port, stack, for_machines=for_machines)
            for address in addresses:
                if owner := _owner(address, group.name, owners, stack):
                    field = "port" if port.host_port is None else "host_port"
                    problem = f"{number}/{port.protocol} is already used on {stack.name} by {owner}"
                    free = port.host_port or on_host
                    remedy = "choose a free port" if free else f"set ports.{key}.host_port to a free port"
                    yield sources.group_fault(group.name, ("ports", key, field), problem, remedy)
                    break
            owners += [(address, group.name, here) for address in addresses]


def ensure_host_ports_are_published(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A `host_port` is for people, or for a group that uses the endpoint, though that may be on the same machine."""
    if sources.groups.keys() - fleet.groups.keys() or len(sources.stacks) > len(fleet.stacks):
        # A file that could not be read may need it.
        return
    used = {(use.endpoint.group, use.endpoint.key) for use in AddressBook(fleet.members, fleet.groups).uses}
    seen: set[tuple[str, str]] = set()
    for stack, group, key, port in fleet.ports(fleet.members):
        may_open = port.publish or port.service or (group.name, key) in used or not target_of(stack).reached_by_port
        if port.host_port is None or may_open or (group.name, key) in seen:
            continue
        seen.add((group.name, key))
        ref = group.name if key == MAIN else f"{group.name}/{key}"
        problem = f"{port.host_port} opens nothing: no group names {ref} as a peer"
        remedy = f"for people, add publish: {LAN}, or {LOCALHOST} for a proxy on the machine; else drop it"
        yield sources.group_fault(group.name, ("ports", key, "host_port"), problem, remedy)


def _in_host_network(port: Port, group: ContainerGroup) -> bool:
    """Whether a declared port is open on the machine itself. Nothing need listen on the default one."""
    owner = group.containers.get(port.container) if "ports" in group.model_fields_set else None
    return owner is not None and owner.hardening.host_network


def _needed_elsewhere(fleet: Fleet) -> frozenset[tuple[str, str]]:
    """Group and key of the ports that another machine needs."""
    uses = AddressBook(fleet.members, fleet.groups).uses
    return frozenset((use.endpoint.group, use.endpoint.key) for use in uses if use.crosses_machines)


def _addresses(port: Port, stack: Stack, *, for_machines: bool) -> tuple[str, ...]:
    people = target_of(stack).published_for_people(port, stack)
    lan = str(stack.machine.lan_address) if for_machines and target_of(stack).reached_by_port else None
    return tuple(dict.fromkeys(address for address in (people, lan) if address))


def _owner(address: str, group: str, owners: Sequence[tuple[str, str, str]], stack: Stack) -> str | None:
    """What already uses a port on an address while the group runs."""
    for other, by, text in owners:
        meets = other == address or EVERY_ADDRESS in (other, address)
        if meets and (not by or stack.run_together(by, group)):
            return text
    return None


def ensure_agent_hosts_have_their_ports(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No other port equals one of an agent host in the same container, or in the same pod."""
    for stack in fleet.stacks.values():
        for group in fleet.placed(stack):
            target = target_of(stack)
            for together in dict.fromkeys(tuple(target.sharing_ports(group, key)) for key in group.containers):
                yield from _conflicts(group, together, stack, sources)


def _conflicts(group: ContainerGroup, keys: Sequence[str], stack: Stack, sources: Sources) -> Iterator[Fault]:
    """Conflicts of containers that share ports, each port at most once."""
    owners: dict[int, str] = {}
    behind: dict[int, str] = {}
    clashes: dict[int, tuple[tuple[str, ...], str]] = {}
    for key in keys:
        port = target_of(stack).health_port(group, key)
        path: tuple[str, ...] = ("containers", key, "health", "port")
        used = [port]
        if runs_agent_host(group.containers[key], stack):
            used.append(target_of(stack).loopback_port(group, key))
            behind.setdefault(used[1], key)
            if port > FRONT_DOOR_MAX:
                problem = f"{port} leaves no next port for its agent host"
                yield sources.group_fault(group.name, path, problem, f"use {FRONT_DOOR_MAX} at most")
        for number in used:
            if (other := owners.setdefault(number, key)) != key:
                clashes.setdefault(number, (path, other))
                break
    for name, declared in group.ports.items():
        if declared.container in keys:
            number, other = declared.port, owners.setdefault(declared.port, declared.container)
            if other != declared.container or number in behind:
                clashes[number] = ("ports", name, "port"), behind.get(number, other)
    for number, (path, other) in clashes.items():
        problem, remedy = f"{number} is already used by {other}", "use distinct ports"
        if other == behind.get(number):
            problem = f"{number} is already used by the agent host of {other}, which listens on {number - 1} too"
            remedy = f"use another port, or move the agent host with containers.{other}.health.port"
        elif len(keys) > 1:
            problem += f", in the same pod of {group.name} on {stack.name}"
        yield sources.group_fault(group.name, path, problem, remedy)


def _port_of_daemon(connection: str) -> int | None:
    """Port on the machine that the connection uses; None for a socket or an API elsewhere."""
    scheme, _, address = connection.partition("://")
    _, colon, port = address.rpartition(":")
    if scheme not in ("ssh", "tcp"):
        return None
    return int(port) if colon and port.isdecimal() else _SSH_PORT if scheme == "ssh" else None

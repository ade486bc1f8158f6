"""Ports do not conflict: of a container, a pod, a machine, and with those of the agent host."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.model import ContainerGroup, Fleet, Stack
from fleet.network.health_port import FRONT_DOOR_MAX, runs_agent_host
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.registry import target_of

_SSH_PORT = 22


def ensure_ports_are_free(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A container port is used once in its group, a host port once on its machine."""
    inside: dict[tuple[str, str, int, str], str] = {}
    outside: dict[tuple[str, int, str], str] = {
        (stack.name, number, "tcp"): f"machine.connection ({stack.machine.connection})"
        for stack in fleet.members
        if (number := _port_of_daemon(stack.machine.connection))
    }
    for stack, group, key, port in fleet.ports(fleet.stacks.values()):
        other = inside.setdefault((group.name, port.container, port.port, port.protocol), key)
        if other != key:
            problem = f"{port.port}/{port.protocol} is already used by ports.{other}"
            yield sources.group_fault(group.name, ("ports", key, "port"), problem, "use another port")
        if port.host_port is None or stack.sandbox:
            continue
        here = f"{group.name}.ports.{key}"
        owner = outside.setdefault((stack.name, port.host_port, port.protocol), here)
        if owner != here:
            problem = f"{port.host_port}/{port.protocol} is already used on {stack.name} by {owner}"
            yield sources.group_fault(group.name, ("ports", key, "host_port"), problem, "choose a free port")


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

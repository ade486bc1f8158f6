"""Names on one machine: no two containers share one, none is too long, and a role is played once."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import Fleet, Stack
from fleet.network.addresses import container_name, elsewhere_name, sharing_name
from fleet.source.faults import Fault
from fleet.source.locations import Sources

DNS_LABEL_MAX = 63
"""Characters of a host name, by RFC 1035."""


def ensure_container_names_are_unique(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A container's name is its address: no two groups, sidecars or daemons of cards make the same one."""
    stacks = fleet.stacks.values()
    taken = {(s.name, sharing_name(card)): f"what shares {card}" for s in stacks for card in s.shared_cards}
    for stack, group, key, _ in fleet.containers(stacks):
        name, here = container_name(group.name, key), f"{group.name}.{key}"
        owner = taken.setdefault((stack.name, name), here)
        if owner != here:
            problem = f"its container would be called {name} on {stack.name}, and so is {owner}"
            yield sources.group_fault(group.name, ("containers", key), problem, "rename the sidecar or the group")


def ensure_names_fit_dns(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Every name a container or an endpoint gets is a host name; one that is too long is refused, never cut."""
    for stack, group, key, _ in fleet.containers(fleet.stacks.values()):
        prefix = f"{stack.machine.name}-" if stack.sandbox else ""
        yield from _too_long(stack, group.name, ("containers", key), prefix + container_name(group.name, key), sources)
    for stack in fleet.members:
        for group in fleet.placed(stack):
            for key, port in group.ports.items():
                name = elsewhere_name(stack.machine.name, group.name, port)
                yield from _too_long(stack, group.name, ("ports", key), name, sources)


def ensure_names_elsewhere_are_unique(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """`<machine>-<group>` means one endpoint's host: `main` with `pc-x` and `main-pc` with `x` would share a name."""
    hosts: dict[str, str] = {}
    for stack in fleet.members:
        for group in fleet.placed(stack):
            for key, port in group.ports.items():
                name = elsewhere_name(stack.machine.name, group.name, port)
                other = hosts.setdefault(name, stack.name)
                if other != stack.name:
                    problem = f"would be called {name} on other machines, and so is one of {other}"
                    yield sources.group_fault(group.name, ("ports", key), problem, "rename the group or the machine")


def ensure_roles_are_played_once(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A role that a port plays is looked up by machine: a second one would hide the first."""
    for stack in fleet.stacks.values():
        players: dict[str, str] = {}
        for group in fleet.placed(stack):
            for key, port in group.ports.items():
                here = f"{group.name}.ports.{key}"
                first = players.setdefault(port.service, here) if port.service else here
                if first != here:
                    problem = f"{port.service} is played on {stack.name} by {first} already"
                    yield sources.group_fault(
                        group.name, ("ports", key, "service"), problem, "drop it from one of the two"
                    )


def _too_long(stack: Stack, group: str, path: tuple[str, ...], name: str, sources: Sources) -> Iterator[Fault]:
    if len(name) > DNS_LABEL_MAX:
        problem = (
            f"would be called {name} for {stack.name}, {len(name)} characters where a host name has {DNS_LABEL_MAX}"
        )
        yield sources.group_fault(group, path, problem, "shorten the group's or the sidecar's name")

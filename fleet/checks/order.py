"""Start order has no cycles, within a machine and across machines."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.start_order import find_cycle
from fleet.suggest import suggestion


def ensure_start_order_is_possible(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """`start_after` names existing groups and has no cycles."""
    for name, group in fleet.groups.items():
        for index, earlier in enumerate(group.start_after):
            if earlier not in sources.groups:
                remedy = suggestion(earlier, sources.groups)
                yield sources.group_fault(name, ("start_after", index), f"unknown group {earlier}", remedy)
    edges = {name: group.start_after for name, group in fleet.groups.items()}
    while cycle := find_cycle(edges):
        first, second = cycle[:2]
        path = ("start_after", fleet.groups[first].start_after.index(second))
        trail = " -> ".join(f"{name} ({_machine(fleet, name)})" for name in cycle)
        yield sources.group_fault(first, path, f"starts after itself ({trail})", "remove one of these")
        edges[first] = tuple(name for name in edges[first] if name != second)


def ensure_waits_can_end(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No group waits for the health of a container that ends: with `restart: no`, it is never healthy again."""
    for name, group in fleet.groups.items():
        for index, earlier in enumerate(group.start_after):
            provider = fleet.groups.get(earlier)
            for key, container in provider.containers.items() if provider else ():
                if container.restart == "no" and not container.once:
                    problem = f'{earlier} may never be healthy: containers.{key}.restart is "no"'
                    remedy = f"if it runs to its end, set containers.{key}.run: once there; else restart: on-failure"
                    yield sources.group_fault(name, ("start_after", index), problem, remedy)


def _machine(fleet: Fleet, group: str) -> str:
    home = fleet.home_of(group)
    return home.machine.name if home else "nowhere"

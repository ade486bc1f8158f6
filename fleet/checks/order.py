"""Start order exists: across machines, not just inside one."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.start_order import find_cycle


def ensure_start_order_is_possible(fleet: Fleet, sources: Sources, known: frozenset[str]) -> Iterator[Fault]:
    """`start_after` names groups that exist, and never leads back to where it began."""
    for name, group in fleet.groups.items():
        for index, earlier in enumerate(group.start_after):
            if earlier not in known:
                remedy = f"name one of {', '.join(sorted(known))}"
                yield sources.group_fault(name, ("start_after", index), f"{earlier} is no group", remedy)
    edges = {name: group.start_after for name, group in fleet.groups.items()}
    while cycle := find_cycle(edges):
        first, second = cycle[0], cycle[1]
        index = fleet.groups[first].start_after.index(second)
        trail = " -> ".join(f"{name} ({_machine(fleet, name)})" for name in cycle)
        yield sources.group_fault(
            first, ("start_after", index), f"starts after itself ({trail})", "drop one of these edges"
        )
        edges[first] = tuple(name for name in edges[first] if name != second)


def _machine(fleet: Fleet, group: str) -> str:
    home = fleet.home_of(group)
    return home.machine.name if home else "nowhere"

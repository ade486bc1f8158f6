"""Start order: waves of groups, and cycles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter


def waves(start_after: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Wave of each group, from 1: one more than the latest group it starts after.

    Groups that are not keys are ignored. Raises ValueError on a cycle.
    """
    if cycle := find_cycle(start_after):
        msg = f"cycle in start order: {' -> '.join(cycle)}"
        raise ValueError(msg)
    result: dict[str, int] = {}
    for group in _sorter(start_after).static_order():
        result[group] = 1 + max((result[dep] for dep in start_after[group] if dep in start_after), default=0)
    return result


def find_cycle(start_after: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """One cycle, closed (`a, b, a`); empty if there is none."""
    try:
        _sorter(start_after).prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1]))
    return ()


def _sorter(start_after: Mapping[str, Iterable[str]]) -> TopologicalSorter[str]:
    return TopologicalSorter({group: [d for d in deps if d in start_after] for group, deps in start_after.items()})

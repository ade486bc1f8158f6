"""Start order: waves of groups, and the cycles that would make one impossible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def waves(start_after: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Wave of each group, from 1: one more than the latest group it starts after.

    Groups named but not among the keys are elsewhere and do not count. Raises ValueError on a cycle.
    """
    found = find_cycle(start_after)
    if found:
        msg = f"cycle in start order: {' -> '.join(found)}"
        raise ValueError(msg)
    result: dict[str, int] = {}
    for group in _dependencies_first(start_after):
        result[group] = 1 + max((result[dep] for dep in start_after[group] if dep in start_after), default=0)
    return result


def find_cycle(start_after: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """One cycle, closed (`a, b, a`); empty where there is none."""
    done: set[str] = set()
    for start in start_after:
        trail: list[str] = []
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            group, leaving = stack.pop()
            if leaving:
                trail.pop()
                done.add(group)
            elif group in trail:
                return (*trail[trail.index(group) :], group)
            elif group not in done:
                trail.append(group)
                stack.append((group, True))
                stack += [(dep, False) for dep in start_after.get(group, ()) if dep in start_after]
    return ()


def _dependencies_first(start_after: Mapping[str, Iterable[str]]) -> list[str]:
    order: dict[str, None] = {}
    for start in start_after:
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            group, ready = stack.pop()
            if group in order:
                continue
            if ready:
                order[group] = None
            else:
                stack.append((group, True))
                stack += [(dep, False) for dep in start_after[group] if dep in start_after]
    return list(order)

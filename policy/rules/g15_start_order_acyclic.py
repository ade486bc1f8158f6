"""G15: the start order has no cycles, across all machines."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import GROUP, START_AFTER
from fleet.start_order import find_cycle
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.container import ContainerView
from policy.views.stack import MachineView, StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    edges = _edges(stack)
    while cycle := find_cycle(edges):
        problem = (
            f"label {START_AFTER} makes {cycle[0]} start after itself ({' -> '.join(cycle)}), so none of them can start"
        )
        yield Finding("labels", problem, of=_member(stack, cycle))
        del edges[cycle[0]][cycle[1]]


def _edges(stack: StackView) -> dict[str, dict[str, None]]:
    """Group -> the groups it starts after, in registration order: the order of a set changes from run to run."""
    edges: dict[str, dict[str, None]] = {}
    for machine in stack.machines:
        for group, earlier in machine.start_after.items():
            edges.setdefault(group, {}).update(dict.fromkeys(earlier))
    for container in stack.containers:
        if name := container.labels.get(GROUP):
            names = (text.strip() for text in container.labels.get(START_AFTER, "").split(","))
            edges.setdefault(name, {}).update(dict.fromkeys(text for text in names if text))
    return edges


def _member(stack: StackView, cycle: tuple[str, ...]) -> ContainerView | MachineView:
    """A container of this stack in the cycle, else the machine that published it."""
    members = (container for container in stack.containers if container.labels.get(GROUP) in cycle)
    return next(members, None) or stack.machines[0]


RULE = StackRule(
    id="G15",
    name="start-order-acyclic",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="No group starts after itself, directly or through other groups or machines.",
    remedy="remove one of these edges from start_after of its group",
    reads=("containers.labels", "machines.start_after"),
    check=_check,
)

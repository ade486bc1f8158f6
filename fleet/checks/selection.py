"""Ways through a fleet that may hold unread groups: those are passed over, so that the rest is still judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fleet.model import Container, ContainerGroup, Fleet, Stack


def placed(fleet: Fleet, stack: Stack) -> list[ContainerGroup]:
    """The groups of a stack that could be read."""
    return [fleet.groups[name] for name in stack.groups if name in fleet.groups]


def placed_by_mode(fleet: Fleet, stack: Stack) -> Iterator[tuple[str | None, list[ContainerGroup]]]:
    """Each mode of a stack with the groups that run in it and could be read; (None, all) of a stack without modes."""
    for mode, groups in stack.by_mode.items():
        yield mode, [fleet.groups[name] for name in groups if name in fleet.groups]


def containers(fleet: Fleet, stacks: Iterable[Stack]) -> Iterator[tuple[Stack, ContainerGroup, str, Container]]:
    """Every container of some stacks, with its stack, group and key."""
    for stack in stacks:
        for group in placed(fleet, stack):
            for key, container in group.containers.items():
                yield stack, group, key, container

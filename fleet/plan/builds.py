"""The images a machine builds for itself: the agent host, and on it one for each container with requirements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.addresses import container_name
from fleet.images import AGENT_CONTEXT, AGENT_HOST_CONTEXT
from fleet.model import ContainerGroup, Fleet, Stack
from fleet.plan.deployment import PlannedBuild

AGENT_HOST = "agent-host"
"""Image of the agent host alone, which runs stand-ins."""


def image_builds(fleet: Fleet, stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[PlannedBuild, ...]:
    """Every image to build for a stack, the agent host's first; nothing where images come from a registry."""
    if stack.sandbox or not stack.images.built_on_the_machine:
        return ()
    return tuple(_builds(fleet, stack, groups))


def _builds(fleet: Fleet, stack: Stack, groups: Sequence[ContainerGroup]) -> Iterator[PlannedBuild]:
    platform = f"linux/{stack.machine.arch}"
    host = stack.images.reference(AGENT_HOST, fleet.image_contents)
    yield PlannedBuild(
        AGENT_HOST, host, AGENT_HOST_CONTEXT, "agent-host", {"BASE": stack.images.base}, platform, needs=None
    )
    for group in groups:
        for key, container in group.containers.items():
            name = container_name(group.name, key)
            # Requirements without a lock are not built: the group's file says why, and the owner makes the image.
            if container.build is None or name not in fleet.image_contents:
                continue
            image = stack.images.reference(name, fleet.image_contents)
            arguments = {"BASE": host, "LOCK": name}
            yield PlannedBuild(
                name, image, AGENT_CONTEXT, container.build.variant, arguments, platform, needs=AGENT_HOST
            )

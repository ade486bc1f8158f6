"""The images a machine builds for itself: the agent host, and on it one for each container with requirements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.addresses import container_name
from fleet.budget import shared_cards
from fleet.images import AGENT_CONTEXT, AGENT_HOST_CONTEXT
from fleet.model import ContainerGroup, Fleet, Stack
from fleet.plan.deployment import PlannedBuild

AGENT_HOST = "agent-host"
"""Image of the agent host alone, which runs stand-ins."""


def image_builds(fleet: Fleet, stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[PlannedBuild, ...]:
    """Every image to build for a stack, the agent host's first.

    None where images come from a registry, or the daemon is too old for the builder: `unbuilt_images` says so.
    """
    if stack.sandbox or not stack.images.built_on_the_machine or not stack.machine.has_docker_25:
        return ()
    if stack.runs_stand_ins:
        return (_agent_host(fleet, stack),)
    images = list(_agent_images(fleet, stack, groups))
    return (_agent_host(fleet, stack), *images) if images or shared_cards(stack) else ()


def unbuilt_images(fleet: Fleet, stack: Stack, groups: Sequence[ContainerGroup]) -> dict[str, str]:
    """Image reference -> why nothing builds it, for the images that `image_builds` leaves to their owner."""
    if stack.runs_stand_ins or not stack.images.built_on_the_machine:
        return {}
    old = f"the builder needs Docker 25 (API 1.44), and docker_api is {stack.machine.docker_api}; use `docker build`"
    found = {}
    for group in groups:
        for key, container in group.containers.items():
            reason = (
                container.build.unresolved or ("" if stack.machine.has_docker_25 else old) if container.build else ""
            )
            if reason:
                name = container_name(group.name, key)
                found[stack.images.reference(name, fleet.image_contents)] = reason
    return found


def _agent_host(fleet: Fleet, stack: Stack) -> PlannedBuild:
    return PlannedBuild(
        name=AGENT_HOST,
        image=stack.images.reference(AGENT_HOST, fleet.image_contents),
        context=AGENT_HOST_CONTEXT,
        target=AGENT_HOST,
        arguments={"BASE": stack.images.base},
        platform=f"linux/{stack.machine.arch}",
        needs=None,
    )


def _agent_images(fleet: Fleet, stack: Stack, groups: Sequence[ContainerGroup]) -> Iterator[PlannedBuild]:
    host = stack.images.reference(AGENT_HOST, fleet.image_contents)
    for group in groups:
        for key, container in group.containers.items():
            name = container_name(group.name, key)
            # Requirements without a lock are not built: the group's file says why, and the owner makes the image.
            if container.build is None or name not in fleet.image_contents:
                continue
            yield PlannedBuild(
                name=name,
                image=stack.images.reference(name, fleet.image_contents),
                context=AGENT_CONTEXT,
                target=container.build.variant,
                arguments={"BASE": host, "LOCK": name},
                platform=f"linux/{stack.machine.arch}",
                needs=AGENT_HOST,
            )

"""The images a machine builds for itself: the agent host, and on it one for each container with requirements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.image_digests import AGENT_CONTEXT, AGENT_HOST, AGENT_HOST_CONTEXT, IMAGES, base_chain, context_of
from fleet.model import ContainerGroup, Fleet, Stack
from fleet.network.addresses import container_name
from fleet.plan.deployment import PlannedBuild


def image_name(stack: Stack, group: ContainerGroup, key: str) -> str:
    """Name of the image that a container without a ready one runs on a stack.

    Where images are built on the machine, agents that need no packages run in the agent host's own. In a registry each
    container has an image of its own, since their code is put into it.
    """
    build = group.containers[key].build
    if build and build.context and not stack.runs_stand_ins:
        return build.context.removeprefix(f"{IMAGES}/")
    bare = build is not None and not build.requirements and stack.images.built_on_the_machine
    return AGENT_HOST if stack.runs_stand_ins or bare else container_name(group.name, key)


def image_builds(fleet: Fleet, stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[PlannedBuild, ...]:
    """Every image to build for a stack, the agent host's first.

    None where images come from a registry.
    """
    if stack.sandbox or not stack.images.built_on_the_machine:
        return ()
    if stack.runs_stand_ins:
        return (_agent_host(fleet, stack),)
    names = {image_name(stack, group, key) for group in groups for key, c in group.containers.items() if c.build}
    images = list(_agent_images(fleet, stack, groups))
    host = [_agent_host(fleet, stack)] if images or stack.shared_cards or AGENT_HOST in names else []
    return (*host, *images, *_folder_images(fleet, stack, names))


def unbuilt_images(fleet: Fleet, stack: Stack, groups: Sequence[ContainerGroup]) -> dict[str, str]:
    """Image reference -> why nothing builds it, for the images that `image_builds` leaves to their owner."""
    if stack.runs_stand_ins or not stack.images.built_on_the_machine:
        return {}
    return {
        stack.images.reference(image_name(stack, group, key), fleet.image_contents): container.build.unresolved
        for group in groups
        for key, container in group.containers.items()
        if container.build and container.build.unresolved
    }


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
            if container.build is None or container.build.context or name not in fleet.image_contents:
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


def _folder_images(fleet: Fleet, stack: Stack, names: set[str]) -> Iterator[PlannedBuild]:
    """Images of folders that groups name as their context, after those they are built on."""
    bases = fleet.image_bases
    wanted = {image for name in names & bases.keys() for image in (*base_chain(name, bases), name)}
    for name in sorted(wanted, key=lambda image: (len(base_chain(image, bases)), image)):
        base = bases[name]
        given = stack.images.reference(base, fleet.image_contents) if base else stack.images.bases.get(name)
        yield PlannedBuild(
            name=name,
            image=stack.images.reference(name, fleet.image_contents),
            context=context_of(name),
            target="",
            arguments={"BASE": given} if given else {},
            platform=f"linux/{stack.machine.arch}",
            needs=base,
        )

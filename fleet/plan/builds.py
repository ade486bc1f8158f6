"""The images a machine builds: the agent host, and one on it for each container with requirements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fleet.image_digests import AGENT_CONTEXT, AGENT_HOST, AGENT_HOST_CONTEXT, base_chain, context_of
from fleet.model import ContainerGroup, Fleet, Stack
from fleet.network.addresses import container_name
from fleet.network.images import image_name
from fleet.plan.deployment import PlannedBuild


def image_builds(fleet: Fleet, stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[PlannedBuild, ...]:
    """Images to build for a stack, the agent host's first; none if they come from a registry."""
    if stack.sandbox or not stack.images.built_on_the_machine:
        return ()
    arguments = {"BASE": stack.images.base}
    host = _build(fleet, stack, AGENT_HOST, AGENT_HOST_CONTEXT, arguments, target=AGENT_HOST)
    if stack.runs_stand_ins:
        return (host,)
    names = {image_name(stack, group, key) for group in groups for key, c in group.containers.items() if c.build}
    images = list(_agent_images(fleet, stack, groups, host.image))
    needs_host = images or stack.shared_cards or AGENT_HOST in names
    return (*([host] if needs_host else []), *images, *_folder_images(fleet, stack, names))


def unbuilt_images(fleet: Fleet, stack: Stack, groups: Sequence[ContainerGroup]) -> dict[str, str]:
    """Reference of each image that its owner has to build -> why `image_builds` does not."""
    if stack.runs_stand_ins or not stack.images.built_on_the_machine:
        return {}
    return {
        stack.images.reference(image_name(stack, group, key), fleet.image_contents): container.build.unresolved
        for group in groups
        for key, container in group.containers.items()
        if container.build and container.build.unresolved
    }


def _build(
    fleet: Fleet,
    stack: Stack,
    name: str,
    context: str,
    arguments: Mapping[str, str],
    *,
    target: str = "",
    needs: str | None = None,
) -> PlannedBuild:
    image, platform = stack.images.reference(name, fleet.image_contents), f"linux/{stack.machine.arch}"
    return PlannedBuild(name, image, context, target, arguments, platform, needs)


def _agent_images(fleet: Fleet, stack: Stack, groups: Sequence[ContainerGroup], host: str) -> Iterator[PlannedBuild]:
    for group in groups:
        for key, container in group.containers.items():
            name, build = container_name(group.name, key), container.build
            # Requirements without a lock are not built; the group's file says why, and the owner provides the image.
            if build and not build.context and name in fleet.image_contents:
                arguments = {"BASE": host, "LOCK": name}
                yield _build(fleet, stack, name, AGENT_CONTEXT, arguments, target=build.variant, needs=AGENT_HOST)


def _folder_images(fleet: Fleet, stack: Stack, names: set[str]) -> Iterator[PlannedBuild]:
    """Images of folders that groups name as their context, after those they are built on."""
    bases = fleet.image_bases
    wanted = {image for name in names & bases.keys() for image in (*base_chain(name, bases), name)}
    for name in sorted(wanted, key=lambda image: (len(base_chain(image, bases)), image)):
        base = bases[name]
        given = stack.images.reference(base, fleet.image_contents) if base else stack.images.bases.get(name)
        yield _build(fleet, stack, name, context_of(name), {"BASE": given} if given else {}, needs=base)

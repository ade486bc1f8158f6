"""Images exist for the machine's architecture, and the machine can get them."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.image_digests import AGENT_HOST, base_chain, context_of
from fleet.model import Arch, Fleet, Stack
from fleet.network.addresses import container_name
from fleet.network.images import folder_image, image_name
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.suggest import did_you_mean
from fleet.targets.registry import target_of


def ensure_contexts_exist(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A build context has a Dockerfile. Skipped for a copy of the project that has no image folders."""
    folders = [context_of(image) for image in sorted(fleet.image_bases)]
    for name, group in fleet.groups.items():
        for key, container in group.containers.items():
            context = container.build.context if container.build else None
            if context and folders and context not in folders:
                path = ("containers", key, "build", "context")
                yield sources.group_fault(
                    name, path, f"{context} has no Dockerfile", f"use one of {', '.join(folders)}"
                )


def ensure_images_have_one_source(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No two images have one name: those of containers, of folders of images/, and the agent host's."""
    builds = [
        (name, key, container.build)
        for name, group in fleet.groups.items()
        for key, container in group.containers.items()
        if container.build
    ]
    folders = {*fleet.image_bases, *(folder_image(build.context) for _, _, build in builds if build.context)}
    owners = {AGENT_HOST: context_of(AGENT_HOST), **{folder: context_of(folder) for folder in folders}}
    for name, key, build in builds:
        image = container_name(name, key)
        owner = image if build.context else owners.setdefault(image, f"{name}.{key}")
        if not build.context and owner != f"{name}.{key}":
            problem = f"its image would be called {image}, which is the image of {owner}"
            yield sources.group_fault(name, ("containers", key), problem, "rename the group or the sidecar")


def ensure_pinned_images_are_used(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Each digest and each base belongs to an image that the stack pulls or builds."""
    for stack in fleet.stacks.values():
        if any(name in sources.groups and name not in fleet.groups for name in stack.groups):
            # A group that could not be read may use the rest.
            continue
        used = _images_of(stack, fleet)
        for name in stack.images.digests:
            if stack.images.built_on_the_machine:
                problem, remedy = "has no effect on images built on the machine", "set images.registry, or remove it"
            elif name not in used:
                problem, remedy = f"{stack.name} pulls no image {name}", did_you_mean(name, used, "remove it")
            else:
                continue
            yield sources.stack_fault(stack.name, ("images", "digests", name), problem, remedy)
        for name in stack.images.bases:
            if not stack.images.built_on_the_machine or stack.sandbox:
                problem, remedy = f"{stack.name} builds no images", "remove it"
            elif name not in _built_folders(used, fleet):
                problem, remedy = f"{stack.name} builds no folder image {name}", did_you_mean(name, used, "remove it")
            elif fleet.image_bases.get(name):
                problem = f"{name} is built on {fleet.image_bases[name]}, of another folder"
                remedy = f"set the base of {fleet.image_bases[name]} instead"
            else:
                continue
            yield sources.stack_fault(stack.name, ("images", "bases", name), problem, remedy)


def _images_of(stack: Stack, fleet: Fleet) -> set[str]:
    """Names of the images of a stack's containers, in any mode."""
    return {
        image_name(stack, group, key)
        for _, group, key, container in fleet.containers((stack,))
        if container.build or stack.runs_stand_ins
    }


def _built_folders(used: set[str], fleet: Fleet) -> set[str]:
    folders = used & fleet.image_bases.keys()
    return folders.union(*(base_chain(name, fleet.image_bases) for name in folders))


def ensure_images_run_on_the_machine(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A ready image supports the machine's platform; our CUDA images are built for amd64 only."""
    for stack, group, key, container in fleet.containers(fleet.stacks.values()):
        if stack.runs_stand_ins:
            continue
        archs = stack.machine.archs
        needed = " and ".join(archs)
        if container.image and not set(archs) & set(container.image.platforms):
            supported = ", ".join(container.image.platforms)
            problem = f"{container.image.reference} supports only {supported}, but {stack.name} is {needed}"
            remedy = f"use an image for {needed}, or move the group"
            yield sources.group_fault(group.name, ("containers", key, "image", "platforms"), problem, remedy)
        if container.build and container.build.variant == "cuda" and Arch.AMD64 not in archs:
            problem = f"CUDA images are built for amd64 only, but {stack.name} is {needed}"
            path = ("containers", key, "build", "variant")
            yield sources.group_fault(group.name, path, problem, "set variant: cpu, or move the group")


def ensure_images_can_be_pulled(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A target that pulls images has them in a registry."""
    for stack in fleet.stacks.values():
        remedy = target_of(stack).registry_remedy(stack)
        if remedy is None or not stack.images.built_on_the_machine:
            continue
        groups = fleet.placed(stack)
        built = [g.name for g in groups if stack.runs_stand_ins or any(c.build for c in g.containers.values())]
        if built:
            problem = f"{stack.name} cannot pull the images of {', '.join(built)}, which are built on one machine"
            yield sources.stack_fault(stack.name, ("images", "registry"), problem, remedy)

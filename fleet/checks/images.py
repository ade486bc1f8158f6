"""Images exist for the machine's architecture, and the machine can get them."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.image_digests import context_of, folder_images
from fleet.model import Arch, Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.registry import target_of


def ensure_contexts_exist(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A build context has a Dockerfile. Skipped for a copy of the project that has no image folders."""
    folders = [context_of(image) for image in folder_images(fleet.dockerfiles)]
    for name, group in fleet.groups.items():
        for key, container in group.containers.items():
            context = container.build.context if container.build else None
            if context and folders and context not in folders:
                path = ("containers", key, "build", "context")
                yield sources.group_fault(
                    name, path, f"{context} has no Dockerfile", f"use one of {', '.join(folders)}"
                )


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

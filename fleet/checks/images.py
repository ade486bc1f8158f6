"""Images exist for the processor of the machine that runs them, and where it can get them."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.image_digests import context_of
from fleet.model import Arch, Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.registry import target_of


def ensure_contexts_exist(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """An image that is built from a folder has a Dockerfile there; a copy of the project without any is passed over."""
    for name, group in fleet.groups.items():
        for key, container in group.containers.items():
            context = container.build.context if container.build else None
            if context and fleet.image_bases and context not in map(context_of, fleet.image_bases):
                path = ("containers", key, "build", "context")
                folders = ", ".join(map(context_of, sorted(fleet.image_bases)))
                yield sources.group_fault(name, path, f"{context} has no Dockerfile", f"use one of {folders}")


def ensure_images_run_on_the_machine(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A ready image has the machine's platform; a CUDA image of ours is built for amd64 only."""
    for stack, group, key, container in fleet.containers(fleet.stacks.values()):
        if stack.runs_stand_ins:
            continue
        archs = stack.machine.archs
        what = " and ".join(archs)
        if container.image and not set(archs) & set(container.image.platforms):
            has = ", ".join(container.image.platforms)
            problem = f"{container.image.reference} is for {has} only, but {stack.name} is {what}"
            remedy = f"use an image for {what}, or move the group"
            yield sources.group_fault(group.name, ("containers", key, "image", "platforms"), problem, remedy)
        if container.build and container.build.variant == "cuda" and Arch.AMD64 not in archs:
            problem = f"CUDA images are built for amd64 only, but {stack.name} is {what}"
            path = ("containers", key, "build", "variant")
            yield sources.group_fault(group.name, path, problem, "set variant: cpu, or move the group")


def ensure_images_can_be_pulled(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Images built on one machine are of no use to a target that pulls them."""
    for stack in fleet.stacks.values():
        remedy = target_of(stack).registry_remedy(stack)
        if remedy is None or not stack.images.built_on_the_machine:
            continue
        groups = fleet.placed(stack)
        built = [g.name for g in groups if stack.runs_stand_ins or any(c.build for c in g.containers.values())]
        if built:
            problem = f"the images of {', '.join(built)} are built on one machine, where {stack.name} cannot pull them"
            yield sources.stack_fault(stack.name, ("images", "registry"), problem, remedy)

"""Images exist for the processor of the machine that runs them."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.errors import Fault
from fleet.judgement.walk import containers
from fleet.model import Arch, Fleet
from fleet.sources import Sources


def ensure_images_run_on_the_machine(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A ready image has the machine's platform; a CUDA image of ours is built for amd64 only."""
    for stack, group, key, container in containers(fleet, fleet.stacks.values()):
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

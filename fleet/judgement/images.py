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
        arch = stack.machine.arch
        if container.image and arch not in container.image.platforms and not stack.runs_stand_ins:
            has = ", ".join(container.image.platforms)
            problem = f"{container.image.reference} is for {has} only, but {stack.name} is {arch}"
            remedy = f"use an image for {arch}, or move the group"
            yield sources.group_fault(group.name, ("containers", key, "image", "platforms"), problem, remedy)
        cuda = container.build is not None and container.build.variant == "cuda"
        if cuda and arch is not Arch.AMD64 and not stack.runs_stand_ins:
            problem = f"CUDA images are built for amd64 only, but {stack.name} is {arch}"
            path = ("containers", key, "build", "variant")
            yield sources.group_fault(group.name, path, problem, "set variant: cpu, or move the group")

"""Names of the images that containers run."""

from __future__ import annotations

from fleet.image_digests import AGENT_HOST, IMAGES
from fleet.model import ContainerGroup, Stack
from fleet.network.addresses import container_name


def image_name(stack: Stack, group: ContainerGroup, key: str) -> str:
    """Name of the image of a container without a ready one.

    On a machine that builds images, agents without packages run in the agent host's image. In a registry each
    container has its own image, which includes the agents' code.
    """
    build = group.containers[key].build
    if build and build.context and not stack.runs_stand_ins:
        return folder_image(build.context)
    bare = build is not None and not build.requirements and stack.images.built_on_the_machine
    return AGENT_HOST if stack.runs_stand_ins or bare else container_name(group.name, key)


def folder_image(context: str) -> str:
    """Image of a folder of images/: `images/agentdb` -> `agentdb`."""
    return context.removeprefix(f"{IMAGES}/")

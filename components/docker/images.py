"""Component resource of the images a machine builds for itself."""

from __future__ import annotations

import pulumi
import pulumi_docker as docker

from components.docker.render import render_build
from fleet.plan.deployment import Deployment


class AgentImages(pulumi.ComponentResource):
    """The agent host's image, and on it one for each container with requirements. It pushes nothing anywhere.

    `images`: image reference -> the resource that builds it.
    """

    def __init__(self, name: str, args: Deployment, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fleet:docker:AgentImages", name, {"images": len(args.builds)}, opts)
        self.images: dict[str, docker.Image] = {}
        by_name: dict[str, docker.Image] = {}
        for build in args.builds:
            options = pulumi.ResourceOptions(
                parent=self,
                depends_on=[by_name[build.needs]] if build.needs else None,
                # A container that runs keeps its image; what is left over is `docker image prune`'s to take.
                retain_on_delete=True,
            )
            image = docker.Image(f"{name}-{build.name}", **render_build(build), opts=options)
            by_name[build.name] = self.images[build.image] = image
        self.register_outputs({"images": list(self.images)})

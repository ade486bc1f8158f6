"""The explicit provider of a Docker machine; default providers are off in every stack."""

from __future__ import annotations

import pulumi
import pulumi_docker as docker

from components.docker.render import render_provider
from fleet.model import Machine


def machine_provider(name: str, machine: Machine, parent: pulumi.Resource) -> docker.Provider:
    """The provider that reaches a machine's daemon, over ssh or a local socket."""
    return docker.Provider(f"{name}-daemon", **render_provider(machine), opts=pulumi.ResourceOptions(parent=parent))

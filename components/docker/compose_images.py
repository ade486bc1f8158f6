"""How Docker Compose builds the images of a stack. Pure.

No option orders two builds of one command for every builder: BuildKit ignores `depends_on`, and the classic builder
rejects `additional_contexts`. An image that others are built on is a service of its own, built by an earlier command.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from fleet.image_digests import AGENT_HOST
from fleet.plan.deployment import Deployment, PlannedBuild

Service = dict[str, Any]

PROFILE = "images"
"""Profile of the services that are built and never started."""


def build_sections(deployment: Deployment) -> Mapping[str, Service]:
    """Image -> `build` of the service that builds it, except for images that others are built on.

    An image that the project cannot build is the agent host with stand-ins, unless the machine has the owner's.
    """
    bases = {build.image for build in _bases(deployment)}
    sections = {build.image: _section(build) for build in deployment.builds if build.image not in bases}
    return {**{image: _section(host) for image in deployment.unbuilt if (host := _host(deployment))}, **sections}


def base_services(deployment: Deployment) -> Mapping[str, Service]:
    """Service name -> service that builds an image which others are built on."""
    return {
        _service_name(build): {
            "image": build.image,
            "pull_policy": "never",
            "build": _section(build),
            "profiles": [PROFILE],
        }
        for build in _bases(deployment)
    }


def build_steps(deployment: Deployment) -> list[list[str]]:
    """Services to build before `up`, one command per step: those of a step are built on those of the steps before."""
    bases = _bases(deployment)
    depths: dict[str, int] = {}
    for build in bases:
        depths[build.name] = depths[build.needs] + 1 if build.needs else 0
    ordered = sorted(bases, key=lambda build: depths[build.name])
    steps = groupby(ordered, key=lambda build: depths[build.name])
    return [[_service_name(build) for build in builds] for _, builds in steps]


def contexts(deployment: Deployment) -> list[str]:
    """Project folders that the builds read."""
    return sorted({build.context for build in deployment.builds})


def stands_in(deployment: Deployment) -> Mapping[str, str]:
    """Image that is replaced by the agent host until its owner provides it -> why it cannot be built."""
    return deployment.unbuilt if _host(deployment) else {}


def _host(deployment: Deployment) -> PlannedBuild | None:
    return next((build for build in deployment.builds if build.name == AGENT_HOST), None)


def _bases(deployment: Deployment) -> list[PlannedBuild]:
    """The builds that others need, in the order of the plan: each after its own base."""
    needed = {build.needs for build in deployment.builds}
    return [build for build in deployment.builds if build.name in needed]


def _service_name(build: PlannedBuild) -> str:
    # A container's name has no dot.
    return f"image.{build.name}"


def _section(build: PlannedBuild) -> Service:
    return {
        "context": build.context,
        **({"target": build.target} if build.target else {}),
        # Compose expands $ in every string, unless it is doubled.
        "args": {name: value.replace("$", "$$") for name, value in build.arguments.items()},
        "platforms": [build.platform],
    }

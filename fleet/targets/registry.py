"""The targets, each imported on first use, so that a stack loads no other target."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from fleet.model import Stack, Target
from fleet.network.addresses import Endpoint
from fleet.targets.base import TargetBase
from fleet.targets.features import Feature, Support


@cache
def profile(target: Target) -> TargetBase:
    """The implementation of a target."""
    match target:
        case Target.DOCKER:
            from fleet.targets.docker.target import Docker

            return Docker()
        case Target.KUBERNETES:
            from fleet.targets.kubernetes.target import Kubernetes

            return Kubernetes()
        case Target.CLOUDRUN:
            from fleet.targets.cloudrun.target import CloudRun

            return CloudRun()


def target_of(stack: Stack) -> TargetBase:
    """The target that runs a stack's containers."""
    return profile(stack.machine.target)


def url_of(endpoint: Endpoint, seen_from: Stack) -> str:
    """Address of an endpoint for a stack's containers, `tcp://host:port`."""
    return target_of(endpoint.stack).url(endpoint, seen_from)


def capabilities() -> Mapping[Target, Mapping[Feature, Support]]:
    """Target -> feature -> its support."""
    return {target: profile(target).capabilities for target in Target}

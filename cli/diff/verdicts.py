"""How the engine applies a change, by the tables of the targets."""

from __future__ import annotations

from collections.abc import Sequence

from components.cloudrun import changes as cloudrun
from components.docker import changes as docker
from components.kubernetes import changes as kubernetes

PROVIDER = "pulumi:providers:"
_CLUSTER = "clusterIdentifier"
"""Field of the Kubernetes provider; another cluster means another provider."""


def replacing_fields(type_: str, paths: Sequence[str]) -> tuple[str, ...]:
    """The changed fields (dotted) that force a replacement; none if the resource is updated in place."""
    if type_.startswith(PROVIDER):
        return tuple(path for path in paths if path == _CLUSTER)
    # Docker's table has top-level fields only.
    by_docker = docker.replacing(type_, dict.fromkeys(path.partition(".")[0] for path in paths))
    return (*by_docker, *kubernetes.replacing(type_, paths), *cloudrun.replacing(type_, paths))


def rolls(type_: str, paths: Sequence[str]) -> bool:
    """Whether an update in place starts new containers before the old ones stop."""
    return kubernetes.rolls_pods(type_, paths) or cloudrun.makes_a_revision(type_, paths)

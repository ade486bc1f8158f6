"""What the engine does about a change, whatever the target: one question to the targets' own tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from components.cloudrun import changes as cloudrun
from components.docker import changes as docker
from components.kubernetes import changes as kubernetes

_PROVIDER = "pulumi:providers:"
_CLUSTER = "clusterIdentifier"
"""Of the Kubernetes provider: another cluster is another provider."""


def replacing_fields(type_: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Those of the changed fields (dotted) that replace a resource; none means it is updated in place.

    Of a Docker resource only the first level: it decides.
    """
    if type_.startswith(_PROVIDER):
        return tuple(path for path in paths if path == _CLUSTER)
    by_docker = docker.replacing(type_, dict.fromkeys(path.partition(".")[0] for path in paths))
    return (*by_docker, *kubernetes.replacing(type_, paths), *cloudrun.replacing(type_, paths))


def starts_anew(type_: str, paths: Iterable[str]) -> bool:
    """Whether an update in place starts new containers beside the old ones."""
    fields = tuple(paths)
    return kubernetes.rolls_pods(type_, fields) or cloudrun.makes_a_revision(type_, fields)

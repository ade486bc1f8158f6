"""Checks of registries: Cloud Run pulls from Artifact Registry, and public images from a few other hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fleet.cloudrun_limits import limits
from fleet.model import ContainerGroup, Stack
from fleet.model.hosts import PROJECT_ID
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.source.redaction import shown
from fleet.suggest import did_you_mean

_DOCKER_HUB = "docker.io"
_ARTIFACTS = re.compile(r"([a-z0-9-]+)-docker\.pkg\.dev")
_CONTAINER_REGISTRY = re.compile(r"(?:[a-z]+\.)?gcr\.io")
_PROJECT = re.compile(PROJECT_ID)
_REPOSITORY = re.compile("[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_FORM = "write it like us-central1-docker.pkg.dev/<project>/<repository>"


def check_registries(stack: Stack, groups: Sequence[ContainerGroup], sources: Sources) -> Iterator[Fault]:
    """Faults of the registry of a stack's own images, and of its ready images."""
    yield from ensure_the_registry_can_be_pulled_from(stack, sources)
    yield from ensure_ready_images_can_be_pulled(stack, groups, sources)


def ensure_the_registry_can_be_pulled_from(stack: Stack, sources: Sources) -> Iterator[Fault]:
    """Images built here are in a registry that Cloud Run reads; another check asks for one."""
    registry = stack.images.registry
    if not stack.images.built_on_the_machine and (found := _rejection(registry, registry.split("/"))):
        yield sources.stack_fault(stack.name, ("images", "registry"), *found)


def ensure_ready_images_can_be_pulled(
    stack: Stack, groups: Sequence[ContainerGroup], sources: Sources
) -> Iterator[Fault]:
    """A ready image is in a registry that Cloud Run reads."""
    for group in groups:
        for key, container in group.containers.items():
            if container.image and not stack.stands_in_for(container):
                reference = container.image.reference
                parts = reference.partition("@")[0].split("/")
                # Without the image's own name.
                if found := _rejection(reference, parts[:-1]):
                    yield sources.group_fault(group.name, ("containers", key, "image", "reference"), *found)


def _rejection(text: str, parts: Sequence[str]) -> tuple[str, str] | None:
    """(problem, remedy) of a registry, by its host and path; None if Cloud Run pulls from it."""
    first = parts[0].lower() if parts else ""
    host = first if "." in first or ":" in first or first == "localhost" else _DOCKER_HUB
    path = parts[1:]
    if found := _ARTIFACTS.fullmatch(host):
        places = (*limits().regions, *limits().registry_multi_regions)
        if found[1] not in places:
            return f"Artifact Registry has no location {found[1]} ({shown(text)})", did_you_mean(
                found[1], places, _FORM
            )
        return _path_problem(text, path, 2)
    if host not in limits().registry_hosts:
        remedy = "push to Artifact Registry, or add a remote repository for it there, and name that"
        return f"Cloud Run pulls no images from {host} ({shown(text)})", remedy
    return _path_problem(text, path, 1) if _CONTAINER_REGISTRY.fullmatch(host) else None


def _path_problem(text: str, path: Sequence[str], least: int) -> tuple[str, str] | None:
    # The project of an organization's domain takes two parts.
    own = path[1:] if path and "." in path[0] else path
    if len(own) < least:
        return f"{shown(text)} names no {'project' if not own else 'repository'}", _FORM
    if not _PROJECT.fullmatch(own[0]):
        return f"{shown(own[0])} is not the id of a project ({shown(text)})", _FORM
    if least > 1 and not _REPOSITORY.fullmatch(own[1]):
        return f"{shown(own[1])} is not a repository's name ({shown(text)})", "start it with a letter"
    return None

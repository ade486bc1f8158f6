"""Images can be built where they run, and exist for the machine's architecture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fleet.image_digests import (
    AGENT,
    AGENT_CONTEXT,
    AGENT_HOST,
    BASE,
    LOCKS,
    context_of,
    folder_images,
    is_own,
    own_base,
)
from fleet.model import Arch, Fleet, Stack
from fleet.model.image_names import host_of
from fleet.network.addresses import container_name
from fleet.network.images import folder_image, image_name
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.source.redaction import shown
from fleet.source.requirements import read_requirement
from fleet.start_order import find_cycle
from fleet.suggest import did_you_mean, suggestion
from fleet.targets.registry import target_of

RENEW = f".venv/bin/python {AGENT_CONTEXT}/renew_locks.py"
"""Command that writes locks; the names of locks follow."""


def ensure_contexts_exist(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A build context has a Dockerfile. Skipped for a copy of the project that has no image folders."""
    folders = [context_of(image) for image in folder_images(fleet.dockerfiles)]
    for name, group in fleet.groups.items():
        for key, container in group.containers.items():
            context = container.build.context if container.build else None
            if context and folders and context not in folders:
                path = ("containers", key, "build", "context")
                yield sources.group_fault(
                    name, path, f"{context} has no Dockerfile", f"use one of {', '.join(folders)}"
                )


def ensure_locks_have_their_base(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A lock is based on the agent host, or on a lock that is."""
    for name, group in fleet.groups.items():
        for key, container in group.containers.items():
            lock = fleet.locks.get(container_name(name, key))
            base = lock.base if lock and container.build and container.build.requirements else None
            if base and (base not in fleet.locks or fleet.locks[base].base):
                named = f"{LOCKS}/{container_name(name, key)}.txt is based on {base}"
                problem = (
                    f"{named}, {'which is itself based on another' if base in fleet.locks else 'which has no lock'}"
                )
                remedy = f"renew the locks: {RENEW}"
                yield sources.group_fault(name, ("containers", key, "build", "requirements"), problem, remedy)


def ensure_images_have_one_source(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No two images have one name: containers', folders' of images/, the agent host's, and those of shared packages."""
    builds = [
        (name, key, container.build)
        for name, group in fleet.groups.items()
        for key, container in group.containers.items()
        if container.build
    ]
    folders = {
        *folder_images(fleet.dockerfiles),
        *(folder_image(build.context) for _, _, build in builds if build.context),
    }
    owners = {AGENT_HOST: context_of(AGENT_HOST), **{folder: context_of(folder) for folder in folders}}
    # The image of packages that others share has no stage for agents.
    bases = {lock.base for lock in fleet.locks.values()} & {name for name, lock in fleet.locks.items() if not lock.base}
    owners |= {base: f"{LOCKS}/{base}.txt" for base in bases if base}
    for name, key, build in builds:
        image = container_name(name, key)
        owner = image if build.context else owners.setdefault(image, f"{name}.{key}")
        if not build.context and owner != f"{name}.{key}":
            problem = f"{image} is also the image of {owner}"
            yield sources.group_fault(name, ("containers", key, "build"), problem, "rename one of them")


def ensure_digests_are_used(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Each digest belongs to an image that the stack pulls."""
    for stack in fleet.stacks.values():
        if any(name not in fleet.groups for name in stack.groups):
            # A group that is misspelt or could not be read may use the rest.
            continue
        used = _images_of(stack, fleet)
        for name in stack.images.digests:
            if stack.images.built_on_the_machine:
                problem, remedy = "has no effect on images built on the machine", "set images.registry, or remove it"
            elif name not in used:
                problem, remedy = f"{stack.name} pulls no image {name}", did_you_mean(name, used, "remove it")
            else:
                continue
            yield sources.stack_fault(stack.name, ("images", "digests", name), problem, remedy)


def ensure_digests_are_of_different_images(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Images of different folders have different digests; those of groups may be alike."""
    folders = folder_images(fleet.dockerfiles)
    for stack in fleet.stacks.values():
        owners: dict[str, str] = {}
        for name, digest in stack.images.digests.items():
            owner = owners.setdefault(digest, name)
            if owner != name and (owner in folders or name in folders):
                problem = f"{shown(digest)} is also the digest of {owner}, which is another image"
                remedy = "set the one that the registry shows for it"
                yield sources.stack_fault(stack.name, ("images", "digests", name), problem, remedy)


def _images_of(stack: Stack, fleet: Fleet) -> set[str]:
    """Names of the images of a stack's containers, in any mode."""
    return {
        image_name(stack, group, key)
        for _, group, key, container in fleet.containers((stack,))
        if container.build or stack.runs_stand_ins
    }


def ensure_requirements_have_a_lock(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A machine builds requirements from their lock. Skipped for a copy of the project that has no image folders."""
    for stack, group, key, container in fleet.containers(fleet.stacks.values()):
        build, name = container.build, container_name(group.name, key)
        is_built = build and build.requirements and not build.unresolved and stack.images.built_on_the_machine
        if not is_built or stack.stands_in_for(container) or AGENT not in fleet.dockerfiles:
            continue
        if name not in fleet.image_contents:
            remedy = f"run {RENEW} {name}, or state in build.unresolved why there is none and provide the image"
            problem = f"no lock {LOCKS}/{name}.txt to build the image from"
            yield sources.group_fault(group.name, ("containers", key, "build", "requirements"), problem, remedy)


def ensure_locks_hold_what_is_required(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A lock, with the one it is based on, satisfies each requirement of its container."""
    for name, group in fleet.groups.items():
        for key, container in group.containers.items():
            build, lock = container.build, fleet.locks.get(container_name(name, key))
            if build is None or build.unresolved or lock is None:
                continue
            base = fleet.locks.get(lock.base) if lock.base else None
            pins = {**(base.pins if base else {}), **lock.pins}
            for index, text in enumerate(build.requirements):
                if (instead := _unlocked(text, pins)) is not None:
                    problem = f"{shown(text)} is not in {LOCKS}/{container_name(name, key)}.txt{instead}"
                    path = ("containers", key, "build", "requirements", index)
                    yield sources.group_fault(name, path, problem, f"run {RENEW} {container_name(name, key)}")


def _unlocked(text: str, pins: Mapping[str, tuple[str, ...]]) -> str | None:
    """What a lock has in place of a requirement, empty for nothing; None if it satisfies it."""
    requirement = read_requirement(text)
    if requirement is None:
        return None
    versions = pins.get(requirement.name)
    if versions is None:
        # Its marker may be false on every Python and processor of the images.
        return None if requirement.has_marker else ""
    return None if any(map(requirement.allows, versions)) else f", which has {', '.join(versions)}"


def ensure_bases_are_used(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A base image that a stack overrides is one that a Dockerfile takes, of an image that the stack builds."""
    folders = folder_images(fleet.dockerfiles)
    for stack in fleet.stacks.values():
        built = _built_by(stack, fleet)
        if stack.images.base and folders and (wrong := _unbuilt(stack, AGENT_HOST, built)):
            yield sources.stack_fault(stack.name, ("images", "base"), *wrong)
        for name in stack.images.bases if folders else ():
            path = ("images", "bases", name)
            if name not in folders:
                problem = f"no image is built from {context_of(name)}"
                yield sources.stack_fault(stack.name, path, problem, suggestion(name, folders))
            elif BASE not in fleet.dockerfiles[name].arguments:
                problem = f"{context_of(name)}/Dockerfile has no ARG {BASE} before its first FROM"
                yield sources.stack_fault(stack.name, path, problem, f"add ARG {BASE}=<image> and FROM ${{{BASE}}}")
            elif wrong := _unbuilt(stack, name, built):
                yield sources.stack_fault(stack.name, path, *wrong)


def _unbuilt(stack: Stack, name: str, built: set[str] | None) -> tuple[str, str] | None:
    """Problem and remedy of a base for an image that a stack does not build; None if it may."""
    if not stack.images.built_on_the_machine:
        problem = f"has no effect: {stack.name} pulls its images from {stack.images.registry}"
        return problem, f"remove it, and build {name} on this base where it is pushed"
    if built is not None and name not in built:
        return f"no group of {stack.name} runs in the image {name}", did_you_mean(name, built, "remove it")
    return None


def _built_by(stack: Stack, fleet: Fleet) -> set[str] | None:
    """Images of a stack, and those that they are built on; None if a group that could not be read may run in more."""
    if any(name not in fleet.groups for name in stack.groups):
        return None
    found, left = set[str](), _images_of(stack, fleet)
    while left:
        found |= left
        files = [fleet.dockerfiles.get(name, fleet.dockerfiles.get(AGENT)) for name in left]
        left = {base for file in files if file and (base := own_base(file))} - found
    return found


def ensure_bases_can_be_built(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """An image of the project is built on another through the argument BASE, and not on itself."""
    images = {*fleet.image_contents, *folder_images(fleet.dockerfiles)} if fleet.dockerfiles else set()
    edges: dict[str, tuple[str, ...]] = {}
    for name, dockerfile in fleet.dockerfiles.items():
        base = own_base(dockerfile)
        edges[name] = (base if base in fleet.dockerfiles else AGENT,) if base in images else ()
        for image in filter(is_own, dockerfile.bases({BASE: ""})):
            remedy = f"write ARG {BASE}={image} before the first FROM, and FROM ${{{BASE}}}"
            yield _base_fault(name, f"FROM {image}: the tag of an image built here has a digest", remedy)
        if base and base not in images:
            yield _base_fault(name, f"ARG {BASE}: no image {base} is built here", suggestion(base, images))
    while cycle := find_cycle(edges):
        yield _base_fault(cycle[0], f"built on itself ({' -> '.join(cycle)})", f"change ARG {BASE} of one of these")
        edges[cycle[0]] = ()


def _base_fault(image: str, problem: str, remedy: str) -> Fault:
    return Fault(f"{context_of(image)}/Dockerfile", None, "", problem, remedy)


def ensure_images_run_on_the_machine(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A ready image supports the machine's platform; our CUDA images are built for amd64 only."""
    for stack, group, key, container in fleet.containers(fleet.stacks.values()):
        if stack.stands_in_for(container):
            continue
        archs = stack.machine.archs
        needed = " and ".join(archs)
        if container.image and not set(archs) & set(container.image.platforms):
            supported = ", ".join(container.image.platforms)
            problem = f"{container.image.reference} supports only {supported}, but {stack.name} is {needed}"
            remedy = f"use an image for {needed}, or move the group"
            yield sources.group_fault(group.name, ("containers", key, "image", "platforms"), problem, remedy)
        if container.build and container.build.variant == "cuda" and Arch.AMD64 not in archs:
            problem = f"CUDA images are built for amd64 only, but {stack.name} is {needed}"
            path = ("containers", key, "build", "variant")
            yield sources.group_fault(group.name, path, problem, "set variant: cpu, or move the group")


def ensure_logins_are_used(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Each registry with a login has an image that the stack runs."""
    for name, stack in fleet.stacks.items():
        if not stack.machine.registries or any(group not in fleet.groups for group in stack.groups):
            continue
        containers = [c for group in stack.groups for c in fleet.groups[group].containers.values()]
        hosts = {host_of(c.image.reference) for c in containers if c.image}
        hosts |= set() if stack.images.built_on_the_machine else {host_of(f"{stack.images.registry}/name")}
        for host in stack.machine.registries:
            if host not in hosts:
                remedy = did_you_mean(host, hosts, "remove it, or correct the host")
                path = ("machine", "registries", host)
                yield sources.stack_fault(name, path, f"no image of {name} is from {host}", remedy)


def ensure_images_can_be_pulled(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A target that pulls images has them in a registry."""
    for stack in fleet.stacks.values():
        remedy = target_of(stack).registry_remedy(stack)
        if remedy is None or not stack.images.built_on_the_machine:
            continue
        groups = fleet.placed(stack)
        built = [g.name for g in groups if any(c.build or stack.stands_in_for(c) for c in g.containers.values())]
        if built:
            problem = f"{stack.name} cannot pull the images of {', '.join(built)}, which are built on one machine"
            yield sources.stack_fault(stack.name, ("images", "registry"), problem, remedy)

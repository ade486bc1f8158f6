"""The images a machine builds, each after the one it is built on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

from fleet.image_digests import AGENT, AGENT_HOST, BASE, context_of, digest_of, folder_images, is_own, own_base
from fleet.model import ContainerGroup, Fleet, Stack
from fleet.network.addresses import container_name
from fleet.network.images import image_name
from fleet.plan.deployment import PackageLayer, PlannedBuild
from fleet.plan.files import file_build, planned_files
from fleet.plan.planned_container import PlannedFile
from fleet.source.dockerfile import Dockerfile
from fleet.targets.registry import target_of

LOCK = "LOCK"
"""Build argument of the agents' Dockerfile: the name of a lock."""

SHARED_STAGE = "packages"
"""Stage of the agents' Dockerfile for locks that other locks are based on."""

_ON_THE_CPU = frozenset({"llama-cpp-python"})
"""Packages published as source alone: the agents' Dockerfile has no nvcc, so they are compiled without CUDA."""

_NONE = Dockerfile({}, ())
"""Of a copy of the project without image folders."""


class StackImages:
    """The images of one stack's containers: their references, and how the machine builds them."""

    def __init__(self, fleet: Fleet, stack: Stack) -> None:
        self._fleet = fleet
        self._stack = stack
        self._built: dict[str, PlannedBuild | None] = {}

    def name(self, group: ContainerGroup, key: str) -> str:
        """Name of the image of a container without a ready one."""
        return image_name(self._stack, group, key)

    def reference(self, name: str) -> str:
        """Full name of an image. Built on the machine, its tag changes with all that its build is made of."""
        build = self._build(name)
        return build.image if build else self._stack.images.reference(name)

    def of(self, group: ContainerGroup, key: str) -> str:
        """Reference of a container's image, without the files of its group."""
        container = group.containers[key]
        if container.image and not self._stack.stands_in_for(container):
            return container.image.reference
        return self.reference(self.name(group, key))

    def with_files(self, group: ContainerGroup, key: str) -> str | None:
        """Reference of the image with a container's files; None if it has none, or gets them in another way."""
        build = self._file_build(group, key)
        return build.image if build else None

    def files(self, group: ContainerGroup, key: str) -> tuple[PlannedFile, ...]:
        """The files of a container, those of a folder one by one."""
        return planned_files(group.containers[key], self._fleet)

    def builds(self, names: Iterable[str], groups: Sequence[ContainerGroup] = ()) -> tuple[PlannedBuild, ...]:
        """The builds of images, each after those it needs, the agent host's first; none if a registry has them.

        groups: those whose containers may have files, which are added to their images last.
        """
        ordered: dict[str, PlannedBuild] = {}
        for name in sorted(names, key=lambda name: (name != AGENT_HOST, name)):
            for build in self._chain(name):
                ordered.setdefault(build.name, build)
        found = (self._file_build(group, key) for group in groups for key in group.containers)
        return (*ordered.values(), *(build for build in found if build))

    def _file_build(self, group: ContainerGroup, key: str) -> PlannedBuild | None:
        container = group.containers[key]
        if self._stack.stands_in_for(container) or not target_of(self._stack).adds_files_to_images:
            return None
        files = self.files(group, key)
        if not files:
            return None
        own = None if container.image else self._build(self.name(group, key))
        platform = f"linux/{self._stack.machine.arch}"
        return file_build(container_name(group.name, key), files, self.of(group, key), platform, own)

    def unbuilt(self, groups: Sequence[ContainerGroup]) -> dict[str, str]:
        """Reference of each image that its owner has to build -> why the machine does not."""
        if self._stack.runs_stand_ins or not self._stack.images.built_on_the_machine:
            return {}
        return {
            self.reference(self.name(group, key)): container.build.unresolved
            for group in groups
            for key, container in group.containers.items()
            if container.build and container.build.unresolved
        }

    def on_the_cpu(self, groups: Sequence[ContainerGroup]) -> dict[str, tuple[str, ...]]:
        """Container with a card -> its packages that do not use it."""
        if not self._stack.gives_gpus:
            return {}
        return {
            container_name(group.name, key): packages
            for group in groups
            for key, container in group.containers.items()
            if container.gpu and container.build and (packages := tuple(sorted(container.build.packages & _ON_THE_CPU)))
        }

    def replaced(self, groups: Sequence[ContainerGroup]) -> dict[str, str]:
        """Container without agents -> folder of its image, which a stand-in replaces."""
        return {
            container_name(group.name, key): container.build.context
            for group in groups
            for key, container in group.containers.items()
            if container.build
            and container.build.context
            and not container.agents
            and self._stack.stands_in_for(container)
        }

    def layers(self, name: str) -> tuple[PackageLayer, ...]:
        """The locked packages in an image, those of its base first; none of unmeasured ones."""
        lock = self._fleet.locks.get(name)
        if lock is None:
            return ()
        size = lock.sizes.get(str(self._stack.machine.arch))
        below = self.layers(lock.base) if lock.base else ()
        return (*below, PackageLayer(name, size.download, size.disk)) if size else below

    def _chain(self, name: str) -> Iterator[PlannedBuild]:
        build = self._build(name)
        if build and build.needs:
            yield from self._chain(build.needs)
        if build:
            yield build

    def _build(self, name: str) -> PlannedBuild | None:
        if name not in self._built:
            self._built[name] = self._planned(name) if self._stack.images.built_on_the_machine else None
        return self._built[name]

    def _planned(self, name: str) -> PlannedBuild | None:
        """None if the project has no files for it: requirements without a lock, whose image the owner provides."""
        fleet, given = self._fleet, self._stack.images
        if name not in fleet.image_contents and name != AGENT_HOST:
            return None
        folder, target, arguments = name, "", {}
        if name != AGENT_HOST and name not in folder_images(fleet.dockerfiles):
            folder, target, arguments = AGENT, self._variant_of.get(name, SHARED_STAGE), {LOCK: name}
        dockerfile = fleet.dockerfiles.get(folder, _NONE)
        base = given.bases.get(name) or (given.base if name == AGENT_HOST else None)
        lock = fleet.locks.get(name) if folder == AGENT else None
        needs = None if base else (lock.base if lock else None) or own_base(dockerfile)
        base = self.reference(needs) if needs else base or dockerfile.arguments.get(BASE)
        if base:
            arguments = {BASE: base, **arguments}
        platform = f"linux/{self._stack.machine.arch}"
        digest = digest_of(fleet.image_contents.get(name), target, platform, arguments)
        return PlannedBuild(
            name=name,
            image=given.reference(name, digest),
            context=context_of(folder),
            target=target,
            arguments=MappingProxyType(arguments),
            platform=platform,
            needs=needs,
            base=dockerfile.base(arguments, target),
            bases=tuple(image for image in dockerfile.bases(arguments) if not is_own(image)),
        )

    @cached_property
    def _variant_of(self) -> Mapping[str, str]:
        """Image built from a lock -> the stage of the agents' Dockerfile."""
        return {
            container_name(group.name, key): container.build.variant
            for group in self._fleet.groups.values()
            for key, container in group.containers.items()
            if container.build
        }

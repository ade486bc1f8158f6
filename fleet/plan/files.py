"""Files of the project in containers, and the images that carry them to a machine.

The Docker provider's uploads fail on a read-only root, and a folder of this machine is on no other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType

from fleet.image_digests import BASE, digest_of
from fleet.model import Container, Fleet
from fleet.plan.deployment import PlannedBuild
from fleet.plan.planned_container import PlannedFile
from fleet.source.defaults import DOMAIN

WRITTEN = ".fleet/files"
"""Folder of the project with the contexts of these builds; git ignores it."""


def planned_files(container: Container, fleet: Fleet) -> tuple[PlannedFile, ...]:
    """The files of a container, those of a folder one by one."""
    found = (
        PlannedFile(f"{target}{name}", f"{source}{name}", content)
        for target, source in container.files.items()
        for name, content in fleet.files.get(source, {}).items()
    )
    return tuple(sorted(found, key=lambda file: file.path))


def file_build(
    container: str, files: tuple[PlannedFile, ...], base: str, platform: str, own: PlannedBuild | None
) -> PlannedBuild:
    """The build of an image with files on top of another. own: the build of that one, if it is built here too."""
    # No image of a container or of a folder has a dot in its name.
    name = f"{container}.files"
    arguments = {BASE: base}
    digest = digest_of(platform, arguments, [(file.path, hashlib.sha256(file.content).hexdigest()) for file in files])
    return PlannedBuild(
        name=name,
        image=f"{DOMAIN}/{name}:{digest}",
        context=f"{WRITTEN}/{container}",
        target="",
        arguments=MappingProxyType(arguments),
        platform=platform,
        needs=own.name if own else None,
        base=base,
        bases=() if own else (base,),
        written=MappingProxyType(_context(files)),
    )


def _context(files: tuple[PlannedFile, ...]) -> Mapping[str, bytes]:
    """File name -> content. The files have numbers for names, so that none is taken for a pattern."""
    lines = [f"COPY {json.dumps([str(index), file.path])}" for index, file in enumerate(files)]
    dockerfile = "\n".join((f"ARG {BASE}", f"FROM ${{{BASE}}}", *lines, ""))
    return {"Dockerfile": dockerfile.encode(), **{str(index): file.content for index, file in enumerate(files)}}

"""The images that the pipeline builds, for which processors, and how.

python -m tools.ci.images matrix [--sample]          # shared=[...] and build=[...], as GITHUB_OUTPUT takes them
python -m tools.ci.images names                      # images=[...], the same
python -m tools.ci.images bake ARCH REGISTRY TAG     # a Buildx bake file
python -m tools.ci.images pin REGISTRY TAG FOLDER    # the lines of a stack file that pin the pushed images
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from cli.terminal import Exit, UserError, guarded, project_root
from fleet.image_digests import AGENT, AGENT_CONTEXT, context_of, folder_images, own_base
from fleet.load.project import load_project
from fleet.model import Fleet
from fleet.network.addresses import container_name
from fleet.plan.builds import SHARED_STAGE

RUNNERS = {"amd64": "ubuntu-24.04", "arm64": "ubuntu-24.04-arm"}
"""Processor -> hosted runner. Under emulation, PyTorch's requirements alone would take hours."""

_CUDA = ("amd64",)
"""Processors that CUDA's Python packages support."""

_BASE = "project-base"


@dataclass(frozen=True)
class Image:
    """One image: its build context, the stage of its Dockerfile, and the project's image it is based on."""

    name: str
    context: str
    stage: str = ""
    lock: str = ""
    base: str | None = None
    archs: tuple[str, ...] = tuple(RUNNERS)

    @property
    def shared(self) -> bool:
        """Whether it only holds packages that other images are based on."""
        return self.stage == SHARED_STAGE


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tools.ci.images", description="List the images to build, and how.")
    commands = parser.add_subparsers(dest="command", required=True)
    listed = commands.add_parser("matrix")
    listed.add_argument("--sample", action="store_true", help="one CUDA image, and what it is based on")
    commands.add_parser("names")
    bake = commands.add_parser("bake")
    bake.add_argument("arch", choices=sorted(RUNNERS))
    pin = commands.add_parser("pin")
    for command in (bake, pin):
        command.add_argument("registry")
        command.add_argument("tag")
    pin.add_argument("folder", type=Path, help="a file per image with its digest")
    guarded(lambda: _main(parser.parse_args()))


def _main(arguments: argparse.Namespace) -> Exit:
    if arguments.command == "pin":
        print(pins(arguments.registry, arguments.tag, arguments.folder))
        return Exit.GOOD
    images = all_images(load_project(project_root()).fleet)
    if arguments.command == "bake":
        print(json.dumps(bake_file(images, arguments.arch, arguments.registry, arguments.tag), indent=2))
    elif arguments.command == "matrix":
        listed = sample(images) if arguments.sample else images
        print(f"shared={json.dumps(matrix(listed, shared=True))}")
        print(f"build={json.dumps(matrix(listed, shared=False))}")
    else:
        published = [image for image in images.values() if not image.shared]
        named = [{"image": image.name, "archs": " ".join(image.archs)} for image in published]
        print(f"images={json.dumps(named)}")
    return Exit.GOOD


def all_images(fleet: Fleet) -> Mapping[str, Image]:
    """Every image that can be built from the project's files alone, by name."""
    found = {
        name: Image(name, context_of(name), base=own_base(fleet.dockerfiles[name]))
        for name in folder_images(fleet.dockerfiles)
    }
    host = own_base(fleet.dockerfiles[AGENT])
    for group in fleet.groups.values():
        for key, container in group.containers.items():
            name = container_name(group.name, key)
            if container.build is None or container.build.context or name not in fleet.image_contents:
                continue
            stage = container.build.variant
            archs = _CUDA if stage == "cuda" else tuple(RUNNERS)
            base = fleet.locks[name].base or host
            found[name] = Image(name, AGENT_CONTEXT, stage, lock=name, base=base, archs=archs)
    for name in {lock.base for lock in fleet.locks.values() if lock.base}:
        users = {arch for image in found.values() if image.base == name for arch in image.archs}
        archs = tuple(arch for arch in RUNNERS if arch in users)
        found[name] = Image(name, AGENT_CONTEXT, SHARED_STAGE, lock=name, base=host, archs=archs)
    return dict(sorted(found.items()))


def sample(images: Mapping[str, Image]) -> Mapping[str, Image]:
    """The first image for CUDA on shared packages, and these, for the processor of CUDA."""
    chosen = next(image for image in images.values() if image.stage == "cuda" and images[image.base or ""].shared)
    both = (images[chosen.base or ""], chosen)
    return {image.name: replace(image, archs=_CUDA) for image in both}


def matrix(images: Mapping[str, Image], *, shared: bool) -> list[dict[str, str]]:
    """One job per image and processor, with its runner and the module that has to import, empty for none."""
    return [
        {"image": image.name, "arch": arch, "runner": RUNNERS[arch], "module": _module(image, images)}
        for image in images.values()
        for arch in image.archs
        if image.shared == shared
    ]


def _module(image: Image, images: Mapping[str, Image]) -> str:
    base = images.get(image.base or "")
    return "torch" if base and base.shared else ""


def bake_file(images: Mapping[str, Image], arch: str, registry: str, tag: str) -> dict[str, object]:
    """A Buildx bake file for one processor: an image's base of this project is built with it, from the same cache.

    Raises UserError if the registry has capitals, which image references may not have.
    """
    if registry != registry.lower():
        msg = f'registry "{registry}" has capitals; set the variable FLEET_REGISTRY to {registry.lower()}'
        raise UserError(msg)
    built = {image.name: image for image in images.values() if arch in image.archs}
    return {"target": {name: _target(image, arch, registry, tag) for name, image in built.items()}}


def _target(image: Image, arch: str, registry: str, tag: str) -> dict[str, object]:
    scope = f"{image.name}-{arch}"
    target: dict[str, object] = {
        "context": image.context,
        "platforms": [f"linux/{arch}"],
        "tags": [f"{registry}/{image.name}:{tag}-{arch}"],
        "cache-from": [f"type=gha,scope={scope}"],
        # All stages, except for agents' packages: these would be cached twice, and GitHub keeps 10 GB. Images with the
        # same shared packages take these from the cache, so that a machine pulls their layer once.
        "cache-to": [f"type=gha,scope={scope},mode={'min' if image.lock else 'max'}"],
    }
    if image.stage:
        target["target"] = image.stage
    arguments = {"LOCK": image.lock} if image.lock else {}
    if image.base:
        # No registry has this name, so that a missing link fails instead of pulling another image.
        arguments["BASE"] = _BASE
        target["contexts"] = {_BASE: f"target:{image.base}"}
    if arguments:
        target["args"] = arguments
    return target


def pins(registry: str, tag: str, folder: Path) -> str:
    """`fleet:images` with the digest of every image that has a file in a folder.

    Raises UserError if a file holds no digest.
    """
    digests = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest = file.read_text(encoding="utf-8").strip()
        if not digest.startswith("sha256:"):
            msg = f'{file.name}: "{digest}" is not a digest; see the job that pushed the image'
            raise UserError(msg)
        digests[file.name] = digest
    settings = {"fleet:images": {"registry": registry, "tag": tag, "digests": digests}}
    return yaml.safe_dump({"config": settings}, sort_keys=False).rstrip()


if __name__ == "__main__":
    main()

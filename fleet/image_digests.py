"""What the images built here are made of, for their tags.

A constant tag would leave running containers on the old image, and the digest of an image is unknown before its build.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from fleet.source.defaults import DOMAIN
from fleet.source.dockerfile import Dockerfile
from fleet.source.faults import ConfigurationError, Fault

AGENT_HOST = "agent-host"
"""Image of the agent host without packages, for stand-ins and agents that need none."""

AGENT = "agent"
"""Folder of the Dockerfile that makes an image for each lock."""

IMAGES = "images"
AGENT_HOST_CONTEXT = f"{IMAGES}/{AGENT_HOST}"
AGENT_CONTEXT = f"{IMAGES}/{AGENT}"
LOCKS = f"{AGENT_CONTEXT}/locks"

BASE = "BASE"
"""Build argument that names what an image is built on."""

_DIGITS = 12


def own_base(dockerfile: Dockerfile) -> str | None:
    """The image of this project that another is built on: its default BASE is `fleet.local/<image>:<tag>`."""
    default = dockerfile.arguments.get(BASE, "")
    return default.removeprefix(f"{DOMAIN}/").partition(":")[0] if is_own(default) else None


def is_own(reference: str) -> bool:
    """Whether an image is one of this project's, built on the machine."""
    return reference.startswith(f"{DOMAIN}/")


class ImageContents(Mapping[str, str]):
    """`image_contents` of a project, read on first use: validation needs none."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @cached_property
    def _contents(self) -> Mapping[str, str]:
        return image_contents(self._root)

    def __getitem__(self, name: str) -> str:
        return self._contents[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents)

    def __len__(self) -> int:
        return len(self._contents)


def image_contents(root: Path) -> Mapping[str, str]:
    """Image name -> 12 hex digits over the files of its build: a folder's, or a lock and the agents' Dockerfile."""
    folders = folder_images(file.parent.name for file in (root / IMAGES).glob("*/Dockerfile"))
    contents = {name: _of_files(root, context_files(root / context_of(name))) for name in folders}
    dockerfile = root / AGENT_CONTEXT / "Dockerfile"
    locks = sorted((root / LOCKS).glob("*.txt")) if dockerfile.is_file() else []
    return {**contents, **{lock.stem: _of_files(root, [dockerfile, lock]) for lock in locks}}


def dockerfiles(root: Path) -> Mapping[str, Path]:
    """Folder of images/ -> its Dockerfile."""
    return {file.parent.name: file for file in sorted((root / IMAGES).glob("*/Dockerfile"))}


def folder_images(folders: Iterable[str]) -> tuple[str, ...]:
    """Images that are named like their folder: of all folders but the agents', which makes an image for each lock."""
    return tuple(sorted(name for name in folders if name != AGENT))


def context_of(image: str) -> str:
    """Folder that an image is built from."""
    return f"{IMAGES}/{image}"


def digest_of(*parts: object) -> str:
    """12 hex digits over plain values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:_DIGITS]


def context_files(folder: Path) -> list[Path]:
    """All files except caches of Python and other tools."""
    files = (file for file in folder.rglob("*") if file.is_symlink() or file.is_file())
    return sorted(file for file in files if not any(map(_is_cache, file.relative_to(folder).parts)))


def _is_cache(part: str) -> bool:
    return part == "__pycache__" or (part.startswith(".") and part.endswith("_cache"))


def _of_files(root: Path, files: Iterable[Path]) -> str:
    """Raises ConfigurationError with every file that cannot be read."""
    parts: list[tuple[str, str, str]] = []
    faults: list[Fault] = []
    for file in files:
        source = file.relative_to(root).as_posix()
        try:
            parts.append((source, *_of_file(file)))
        except OSError as error:
            problem, remedy = (
                f"cannot be read ({error.strerror})",
                "make it readable, or remove it from the image's folder",
            )
            faults.append(Fault(source, None, "", problem, remedy))
    if faults:
        raise ConfigurationError(faults)
    return digest_of(*parts)


def _of_file(file: Path) -> tuple[str, str]:
    """Kind and digest of a file. Of its mode only what git keeps: other bits differ between checkouts."""
    if file.is_symlink():
        return "link", str(file.readlink())
    kind = "program" if file.stat().st_mode & 0o100 else "file"
    return kind, hashlib.sha256(file.read_bytes()).hexdigest()

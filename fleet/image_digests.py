"""Short digests of the inputs of images built here, used in their tags.

A constant tag would leave running containers on the old image, and the digest of an image is unknown before its build.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

AGENT_HOST = "agent-host"
"""Image of the agent host without packages, for stand-ins and agents that need none."""

IMAGES = "images"
AGENT_HOST_CONTEXT = f"{IMAGES}/{AGENT_HOST}"
AGENT_CONTEXT = f"{IMAGES}/agent"
LOCKS = f"{AGENT_CONTEXT}/locks"
_SPECIAL = (AGENT_HOST_CONTEXT, AGENT_CONTEXT)
_OWN_BASE = re.compile(r"^ARG BASE=fleet\.local/([a-z][a-z0-9-]*):", re.MULTILINE)
_DIGITS = 12


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
    """Image name -> 12 hex digits over all its input files, its base image's included.

    Images are built from locks, on `agent-host`, and from folders of images/ with a Dockerfile, which names the base.
    """
    host = _digest(root, _files(root / AGENT_HOST_CONTEXT))
    dockerfile = root / AGENT_CONTEXT / "Dockerfile"
    locks = {file.stem: file for file in sorted((root / LOCKS).glob("*.txt"))}
    built = {name: _digest(root, [dockerfile, lock], host) for name, lock in locks.items() if dockerfile.is_file()}
    bases = image_bases(root)
    folders: dict[str, str] = {}
    for name in sorted(bases, key=lambda name: (len(base_chain(name, bases)), name)):
        folders[name] = _digest(root, _files(root / context_of(name)), folders.get(bases[name] or "", ""))
    return {**folders, AGENT_HOST: host, **built}


def image_bases(root: Path) -> Mapping[str, str | None]:
    """Image of a folder -> its base image, if that is also built from a folder."""
    files = {file.parent.name: file for file in sorted((root / IMAGES).glob("*/Dockerfile"))}
    texts = {
        name: file.read_text(encoding="utf-8", errors="replace")
        for name, file in files.items()
        if context_of(name) not in _SPECIAL
    }
    named = {name: found[1] if (found := _OWN_BASE.search(text)) else None for name, text in texts.items()}
    return {name: base if base in named else None for name, base in named.items()}


def context_of(image: str) -> str:
    """Folder that an image is built from."""
    return f"{IMAGES}/{image}"


def base_chain(name: str, bases: Mapping[str, str | None]) -> tuple[str, ...]:
    """All bases of an image that are built from folders, lowest first; a cycle is followed once."""
    chain: list[str] = []
    base = bases.get(name)
    while base is not None and base not in (name, *chain):
        chain.insert(0, base)
        base = bases.get(base)
    return tuple(chain)


def _files(folder: Path) -> list[Path]:
    """All files except caches of Python and other tools."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return sorted(file for file in files if not any(map(_is_cache, file.relative_to(folder).parts)))


def _is_cache(part: str) -> bool:
    return part == "__pycache__" or (part.startswith(".") and part.endswith("_cache"))


def _digest(root: Path, files: Iterable[Path], base: str = "") -> str:
    import hashlib

    digest = hashlib.sha256(base.encode())
    for file in files:
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:_DIGITS]

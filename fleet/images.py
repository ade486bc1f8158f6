"""What the images we build are made from, as short digests: the part of a tag that changes with the content.

A tag that stays the same would leave running containers on the old image; a digest of the result is unknown until it is
built. The inputs are known before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

AGENT_HOST_CONTEXT = "images/agent-host"
AGENT_CONTEXT = "images/agent"
LOCKS = f"{AGENT_CONTEXT}/locks"
_DIGITS = 12


def image_contents(root: Path) -> Mapping[str, str]:
    """Image name -> 12 hex digits over all files it is built from; images without a lock are not in it.

    `agent-host` is what every other image is built on, so that its content counts in each.
    """
    host = _digest(root, _files(root / AGENT_HOST_CONTEXT))
    dockerfile = root / AGENT_CONTEXT / "Dockerfile"
    locks = {file.stem: file for file in sorted((root / LOCKS).glob("*.txt"))}
    built = {name: _digest(root, [dockerfile, lock], host) for name, lock in locks.items() if dockerfile.is_file()}
    return {"agent-host": host, **built}


def _files(folder: Path) -> list[Path]:
    """All files but the caches that Python and other tools leave beside them."""
    found = (file for file in folder.rglob("*") if file.is_file())
    return sorted(file for file in found if not any(map(_is_cache, file.relative_to(folder).parts)))


def _is_cache(part: str) -> bool:
    return part == "__pycache__" or (part.startswith(".") and part.endswith("_cache"))


def _digest(root: Path, files: Iterable[Path], base: str = "") -> str:
    digest = hashlib.sha256(base.encode())
    for file in files:
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:_DIGITS]

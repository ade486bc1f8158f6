"""Reads what the locks of images/agent say of the images made from them: the lock below each, and their sizes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fleet.source.requirements import pins

_BASE = re.compile(r"# base: ([a-z][a-z0-9-]*)")


@dataclass(frozen=True, slots=True)
class Size:
    """Of packages, in bytes: compressed, and installed."""

    download: int
    disk: int


@dataclass(frozen=True, slots=True)
class Lock:
    """The packages that an image adds to its base: the image of another lock, or the agent host if `base` is None."""

    base: str | None
    sizes: Mapping[str, Size]
    """Processor -> size; empty if not measured."""
    pins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Normalized name -> versions of the package."""


def read_locks(folder: Path) -> Mapping[str, Lock]:
    """Name -> lock. Sizes are of the last `renew_locks.py`, and missing if its file cannot be read."""
    sizes = _sizes(folder / "sizes.json")
    files = (file for file in sorted(folder.glob("*.txt")) if file.is_file())
    texts = {file.stem: file.read_text(encoding="utf-8", errors="replace") for file in files}
    return {name: Lock(lock_base(text), sizes.get(name, {}), pins(text)) for name, text in texts.items()}


def lock_base(first_line: str) -> str | None:
    """The lock that another is resolved with, named in its first line: `# base: torch`."""
    named = _BASE.match(first_line)
    return named[1] if named else None


def _sizes(file: Path) -> Mapping[str, Mapping[str, Size]]:
    try:
        figures: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
        return {
            name: {arch: Size(**size) for arch, size in of_lock.items() if arch != "lock"}
            for name, of_lock in figures.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}

"""Reads what the locks of images/agent say of the images made from them: the lock below each, and their sizes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def read_locks(folder: Path) -> Mapping[str, Lock]:
    """Name -> lock. Sizes are of the last `renew_locks.py`, and missing if its file cannot be read."""
    sizes = _sizes(folder / "sizes.json")
    files = (file for file in sorted(folder.glob("*.txt")) if file.is_file())
    return {file.stem: Lock(_first_line(file), sizes.get(file.stem, {})) for file in files}


def lock_base(first_line: str) -> str | None:
    """The lock that another is resolved with, named in its first line: `# base: torch`."""
    named = _BASE.match(first_line)
    return named[1] if named else None


def _first_line(file: Path) -> str | None:
    with file.open(encoding="utf-8", errors="replace") as text:
        return lock_base(text.readline())


def _sizes(file: Path) -> Mapping[str, Mapping[str, Size]]:
    try:
        figures: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
        return {
            name: {arch: Size(**size) for arch, size in of_lock.items() if arch != "lock"}
            for name, of_lock in figures.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}

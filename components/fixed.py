"""Why a field is the same whatever the files say: each target's own table, asked by type and path."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module

from fleet.property_paths import Path

_PREFIXES = {"docker": "docker", "kubernetes": "kubernetes", "gcp": "cloudrun", "cloudrun": "cloudrun"}


def reason_for(type_: str, name: str, path: Path) -> str:
    """Why no key decides a field of a resource; empty where nobody has said so, which a test refuses."""
    text = f"{type_.rpartition(':')[2]}.{'.'.join(path)}"
    for pattern, reason in _fixed(_target(type_)).items():
        if fnmatchcase(text, pattern) or fnmatchcase(f"{name}/{text}", pattern):
            return reason
    return ""


def _target(type_: str) -> str:
    parts = type_.removeprefix("pulumi:providers:").removeprefix("fleet:").partition(":")
    return _PREFIXES[parts[0].partition("/")[0]]


@cache
def _fixed(target: str) -> dict[str, str]:
    found: dict[str, str] = import_module(f"components.{target}.fixed").FIXED
    return found

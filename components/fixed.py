"""Why a resource's field is a constant. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from importlib import import_module

from fleet.model import Target

_REASONS: Mapping[str, str] = {
    "*.capabilities.drop*": "hardened by default; hardening.capabilities adds some back",
    "*.privileged": "hardened by default; no key allows it",
    "*.HOME": "the writable folder of a read-only root",
    "*.PORT_OFFSET": "each container has its own address, so ports are never shifted",
    "*.CROSS_MACHINE_SYNC": "no peer on another machine offers a discovery or observability port",
    "*Group.wave": "it waits for no group of this stack",
}
"""Reasons on every target; a target's own are in the `fixed.py` of its package. The first match applies."""


def reason_for(type_: str, name: str, path: tuple[str, ...], target: Target) -> str:
    """Why no key sets a field; for most fields, only where the constant is set."""
    kind = type_.rpartition(":")[2]
    text = f"{kind}.{'.'.join(path)}"
    own: Mapping[str, str] = import_module(f"components.{target}.fixed").REASONS
    for pattern, reason in {**own, **_REASONS}.items():
        if fnmatchcase(text, pattern) or fnmatchcase(f"{name}/{text}", pattern):
            return f"constant: {reason}"
    return f"constant: set by the renderer for every {kind} (components/{target})"

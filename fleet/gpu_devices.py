"""Device files of cards, for checks and policies. Imports no models."""

from __future__ import annotations

from fnmatch import fnmatchcase
from posixpath import normpath

_PATTERNS = ("/dev/nvidia*", "/dev/kfd", "/dev/dri", "/dev/dri/*", "/dev/dxg")
"""NVIDIA's, ROCm's, render nodes, and those of Windows' subsystem for Linux."""


def is_gpu_device(path: str) -> bool:
    """Whether a path is the device file of a card."""
    return any(fnmatchcase(normpath(path), pattern) for pattern in _PATTERNS)

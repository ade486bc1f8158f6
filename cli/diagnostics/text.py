"""Figures of checks as text."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.text import gibibytes, mebibytes

MIB = 1024 * 1024
NANO_PER_MILLICORE = 1_000_000


def size(size_bytes: int) -> str:
    """Bytes as `14 MiB` or `3.3 GiB`."""
    return gibibytes(mebibytes(size_bytes))


def place(options: Mapping[str, str]) -> str:
    """Location of a volume by the options of Docker's local driver: a folder, memory, or Docker's own folder."""
    if options.get("type") == "tmpfs":
        return f"memory ({options.get('o', 'unbounded')})"
    return options.get("device", "Docker's own folder")


def duration(seconds: float) -> str:
    """Seconds as `40 s`, `7 min`, `3 h` or `12 days`; at least two of a larger unit."""
    whole = max(int(seconds), 0)
    for unit, length in (("days", 86400), ("h", 3600), ("min", 60)):
        if whole >= 2 * length:
            return f"{whole // length} {unit}"
    return f"{whole} s"


def cores(millicores: float) -> str:
    """Millicores as CPUs: `0.5`, `2`, `0.01`."""
    return f"{millicores / 1000:.2f}".rstrip("0").rstrip(".")

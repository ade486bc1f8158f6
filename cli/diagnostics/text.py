"""Figures as people read them."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.text import gibibytes

MIB = 1024 * 1024


def mib(size_bytes: int) -> int:
    """Bytes as whole MiB, rounded up."""
    return -(-size_bytes // MIB)


def size(size_bytes: int) -> str:
    """Bytes as `14 MiB` or `3.3 GiB`."""
    return gibibytes(mib(size_bytes))


def place(options: Mapping[str, str]) -> str:
    """Where a volume lies, by the options of Docker's local driver: a folder, memory, or Docker's own folder."""
    if options.get("type") == "tmpfs":
        return f"memory ({options.get('o', 'unbounded')})"
    return options.get("device", "Docker's own folder")


def duration(seconds: float) -> str:
    """Seconds in the largest unit that says enough: `40 s`, `7 min`, `3 h`, `12 days`."""
    whole = max(int(seconds), 0)
    if whole < 120:
        return f"{whole} s"
    if whole < 2 * 3600:
        return f"{whole // 60} min"
    if whole < 2 * 86400:
        return f"{whole // 3600} h"
    return f"{whole // 86400} days"


def cores(millicores: float) -> str:
    """Millicores as CPUs: `0.5`, `2`, `0.01`."""
    return f"{millicores / 1000:.2f}".rstrip("0").rstrip(".")

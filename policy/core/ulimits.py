"""Findings on ulimits that are missing, unlimited or too high."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding
from policy.views.container import ContainerView


def uncapped(
    container: ContainerView, field: str, ulimit: str, most: int, reasons: tuple[str, str]
) -> Iterator[Finding]:
    """The finding on a hard limit above `most`, or on none; reasons: why a missing one matters, and any other."""
    limit: int | None = getattr(container, field)
    missing, otherwise = reasons
    if limit is None:
        problem = f"{field} is not set (ulimit {ulimit}), {missing}"
    elif limit <= 0:
        problem = f"{field} is {limit} (ulimit {ulimit}), which means no limit{otherwise}"
    elif limit > most:
        problem = f"{field} is {limit} (ulimit {ulimit}), above {most}{otherwise}"
    else:
        return
    yield Finding(field, problem)

"""What the rules on ulimits share: a cap that is missing, means none, or is too high to be one."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding
from policy.views.container import ContainerView


def uncapped(container: ContainerView, field: str, ulimit: str, most: int, told: tuple[str, str]) -> Iterator[Finding]:
    """The finding on a hard limit above `most`, or on none; told: what follows of a missing one, and of any other."""
    limit: int | None = getattr(container, field)
    missing, otherwise = told
    if limit is None:
        problem = f"{field} is not set (ulimit {ulimit}), {missing}"
    elif limit <= 0:
        problem = f"{field} is {limit} (ulimit {ulimit}), which means none{otherwise}"
    elif limit > most:
        problem = f"{field} is {limit} (ulimit {ulimit}), above {most}{otherwise}"
    else:
        return
    yield Finding(container.subject, field, problem)

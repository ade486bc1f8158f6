"""B15: a container joins a user-defined network."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, ContainerView

_DEFAULT_BRIDGE = (None, "default", "bridge")


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    # `bridge` with a user-defined network is fine: the provider creates on the one and moves to the other.
    # No network is safe, B01 covers the host's, and another container's is checked on that container.
    if not container.networks and container.network_mode in _DEFAULT_BRIDGE:
        problem = "networks is empty, so it shares the default bridge with other containers, without name resolution"
        yield Finding("networks", problem)


RULE = ContainerRule(
    id="B15",
    name="user-defined-network",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="A container joins a user-defined network, not Docker's default bridge.",
    remedy="join the machine's network (machine.network)",
    elsewhere="join a Docker network through networksAdvanced, or set network mode none",
    sources=("CIS Docker 5.30", "CIS Docker 2.2"),
    targets=(DOCKER,),
    reads=("networks",),
    check=_check,
)

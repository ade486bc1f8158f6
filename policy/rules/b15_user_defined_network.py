"""B15: a container joins a user-defined network."""

from __future__ import annotations

from policy.core.checks import on_field
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import DOCKER, ContainerView

_DEFAULT_BRIDGE = (None, "default", "bridge")
_PROBLEM = "networks is empty, so it shares the default bridge with other containers, without name resolution"


def _problem(container: ContainerView, settings: Settings) -> str | None:
    # `bridge` with a user-defined network is fine: the provider creates on the one and moves to the other.
    # No network is safe, B01 covers the host's, and another container's is checked on that container.
    return _PROBLEM if not container.networks and container.network_mode in _DEFAULT_BRIDGE else None


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
    **on_field("networks", _problem),
)

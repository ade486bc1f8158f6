"""E10: a container has time to shut down.

The Docker provider kills immediately unless a grace period is set. On Kubernetes the preStop hook is part of it. Cloud
Run gives ten seconds.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView
from policy.views.scalars import as_whole

_AGENTS = "FLEET_STOP_GRACE_S"
"""How long the agent host waits for its agents to stop."""


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    least, grace = settings["at_least_s"], container.stop_grace_s
    agents = as_whole(dict(container.env).get(_AGENTS)) or 0
    if grace is None:
        problem = "stop_grace_s is not set, so it is killed immediately"
        yield Finding("stop_grace_s", problem)
    elif container.drain_s and grace - container.drain_s < least:
        left = max(0, grace - container.drain_s)
        problem = f"stop_grace_s is {grace}, and the preStop hook sleeps {container.drain_s}, so {left} s are left"
        yield Finding("stop_grace_s", problem)
    elif grace < agents:
        problem = f"stop_grace_s is {grace}, but env {_AGENTS} gives its agents {agents}, so they may be killed"
        yield Finding("stop_grace_s", problem)
    elif grace < least:
        problem = f"stop_grace_s is {grace}, below {least}, so it may be killed before it finishes"
        yield Finding("stop_grace_s", problem)


RULE = ContainerRule(
    id="E10",
    name="stop-grace",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A container has time to finish its work when it is stopped.",
    remedy="raise containers.<name>.stop_grace",
    elsewhere="set destroyGraceSeconds to 10 or more",
    on_cluster="raise the pod's terminationGracePeriodSeconds",
    defaults={"at_least_s": 5},
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("stop_grace_s", "drain_s", "env"),
    each=("env",),
    check=_check,
)

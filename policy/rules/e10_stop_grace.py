"""E10: a container that is told to stop has time to finish.

On Docker the provider kills at once unless its grace is set; Kubernetes counts what a hook before the signal takes;
Cloud Run gives everybody ten seconds.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView
from policy.views.scalars import as_whole

_AGENTS = "FLEET_STOP_GRACE_S"
"""Variable that tells the agent host how long its agents may take."""


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    least, grace = settings["at_least_s"], container.stop_grace_s
    agents = as_whole(dict(container.env).get(_AGENTS)) or 0
    if grace is None:
        problem = "stop_grace_s is not set, which means killed at once, in the middle of whatever it does"
        yield Finding(container.subject, "stop_grace_s", problem)
    elif container.drain_s and grace - container.drain_s < least:
        left = max(0, grace - container.drain_s)
        problem = (
            f"stop_grace_s is {grace}, of which the hook before it sleeps {container.drain_s}, so {left} s are left"
        )
        yield Finding(container.subject, "stop_grace_s", problem)
    elif grace < agents:
        problem = (
            f"stop_grace_s is {grace}, but env {_AGENTS} lets its agents take {agents}, so they are killed halfway"
        )
        yield Finding(container.subject, "stop_grace_s", problem)
    elif grace < least:
        problem = f"stop_grace_s is {grace}, under {least}, so it may be killed in the middle of its work"
        yield Finding(container.subject, "stop_grace_s", problem)


RULE = ContainerRule(
    id="E10",
    name="stop-grace",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A container that is told to stop has time to finish what it does.",
    remedy="raise containers.<name>.stop_grace",
    elsewhere="set destroyGraceSeconds to 10 or more",
    on_cluster="raise terminationGracePeriodSeconds of its pod",
    defaults={"at_least_s": 5},
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("stop_grace_s", "drain_s", "env"),
    each=("env",),
    check=_check,
)

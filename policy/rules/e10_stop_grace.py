"""E10: a container has time to shut down.

The Docker provider kills immediately unless a grace period is set. On Kubernetes the preStop hook is part of it. Cloud
Run gives ten seconds.
"""

from __future__ import annotations

from policy.core.checks import on_field
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import ContainerView
from policy.views.scalars import as_whole

_AGENTS = "FLEET_STOP_GRACE_S"
"""How long the agent host waits for its agents to stop."""


def _problem(container: ContainerView, settings: Settings) -> str | None:
    least, grace, drain = settings["at_least_s"], container.stop_grace_s, container.drain_s
    agents = as_whole(dict(container.env).get(_AGENTS)) or 0
    if grace is None:
        return "stop_grace_s is not set, so it is killed immediately"
    if drain and grace - drain < least:
        return f"stop_grace_s is {grace}, and the preStop hook sleeps {drain}, so {max(0, grace - drain)} s are left"
    if grace < agents:
        return f"stop_grace_s is {grace}, but env {_AGENTS} gives its agents {agents}, so they may be killed"
    if grace > (most := settings["at_most_s"]):
        return f"stop_grace_s is {grace}, above {most}: an update waits that long for a container that hangs"
    return f"stop_grace_s is {grace}, below {least}, so it may be killed before it finishes" if grace < least else None


RULE = ContainerRule(
    id="E10",
    name="stop-grace",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A container has time to finish its work when it is stopped, and an end to it.",
    remedy="set containers.<name>.stop_grace to what it needs to stop",
    elsewhere="set destroyGraceSeconds to 10 or more",
    on_cluster="raise the pod's terminationGracePeriodSeconds",
    defaults={"at_least_s": 5, "at_most_s": 3600},
    **on_field("stop_grace_s", _problem, "drain_s", "env", each=("env",)),
)

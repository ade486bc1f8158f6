"""R09: what starts is waited for long enough to load its model, and no longer than Cloud Run waits."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.targets.cloudrun.limits import limits
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    most, least = limits().startup_max, settings["gpu_at_least_s"]
    for probe in container.probes:
        if probe.kind != "startup":
            continue
        if probe.patience_s > most:
            problem = f"probes wait {probe.patience_s} s for its start, and Cloud Run {most} s at the most"
            remedy = f"lower containers.<name>.health.start_period to {most}s, and load the model after it answers"
            yield Finding(container.subject, "probes", problem, remedy)
        elif container.gpu and probe.patience_s < least:
            problem = f"probes wait {probe.patience_s} s for its start, and loading a model takes longer than {least} s"
            yield Finding(container.subject, "probes", problem)


RULE = ContainerRule(
    id="R09",
    name="time-to-start",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A startup probe waits as long as the model takes to load, within what Cloud Run allows.",
    remedy="raise containers.<name>.health.start_period",
    elsewhere="raise failureThreshold or periodSeconds of its startupProbe",
    defaults={"gpu_at_least_s": 30},
    targets=(CLOUDRUN,),
    reads=("probes", "gpu"),
    check=_check,
)

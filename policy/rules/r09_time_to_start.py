"""R09: a startup probe allows time to load a model, within the limit of Cloud Run."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.cloudrun_limits import limits
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    most, least = limits().startup_max, settings["gpu_at_least_s"]
    for probe in container.probes:
        if probe.kind != "startup":
            continue
        if probe.patience_s > most:
            problem = f"probes allow {probe.patience_s} s to start, but Cloud Run allows at most {most} s"
            remedy = f"lower containers.<name>.health.start_period to {most}s, and load the model after startup"
            yield Finding("probes", problem, remedy)
        elif container.gpu and probe.patience_s < least:
            problem = f"probes allow {probe.patience_s} s to start, but loading a model takes longer than {least} s"
            yield Finding("probes", problem)


RULE = ContainerRule(
    id="R09",
    name="time-to-start",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A startup probe allows time to load a model, within the limit of Cloud Run.",
    remedy="raise containers.<name>.health.start_period",
    elsewhere="raise failureThreshold or periodSeconds of its startupProbe",
    defaults={"gpu_at_least_s": 30},
    targets=(CLOUDRUN,),
    reads=("probes", "gpu"),
    check=_check,
)

"""R07: below one CPU, Cloud Run requires concurrency 1, the first generation and request-based billing."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.cloudrun_limits import ONE_CPU, cpus, limits
from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import SERVICE, RunView

_SECOND = "EXECUTION_ENVIRONMENT_GEN2"


def _check(run: RunView, settings: Settings) -> Iterator[Finding]:
    if not run.containers or run.cpu_millicores >= ONE_CPU:
        return
    actual = f"with {cpus(run.cpu_millicores)} CPUs"
    one = limits().concurrency_below_one_cpu
    if run.kind != SERVICE:
        problem = f"containers have less than one CPU, which requires a service with request-based billing ({actual})"
        yield Finding("containers", problem, "set cpu to 1")
        return
    if run.concurrency is not None and run.concurrency > one:
        yield Finding("concurrency", f"concurrency is {run.concurrency} {actual}", f"set it to {one}, or cpu to 1")
    if run.generation == _SECOND:
        problem = f"generation is {_SECOND} {actual}, which only the first supports"
        yield Finding("generation", problem, "remove executionEnvironment, or set cpu to 1")
    if not run.cpu_idle:
        problem = f"cpu_idle is false {actual}, which require request-based billing"
        yield Finding("cpu_idle", problem, "set billing of its group to request, or cpu to 1")


RULE = ResourceRule(
    id="R07",
    name="below-one-cpu",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="Below one CPU, a service uses concurrency 1, request-based billing and the first generation.",
    remedy="set cpu of its group under machine.cloud.services to 1",
    resources=(ResourceCheck(of="runs", reads=("containers", "concurrency", "generation", "cpu_idle"), check=_check),),
)

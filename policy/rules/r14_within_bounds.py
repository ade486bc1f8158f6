"""R14: timeouts, concurrency, names and variables are within the limits of Cloud Run.

The limits are in `fleet/data/cloudrun-limits.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.cloudrun_limits import limits
from fleet.source.redaction import shown
from policy.core.checks import on_entries
from policy.core.rule import ContainerRule, Finding, Level, ResourceCheck, Settings, Severity
from policy.views.cloudrun import JOB, RunView
from policy.views.container import CLOUDRUN


def _env_problem(variable: tuple[str, str], settings: Settings) -> str | None:
    name, value = variable
    length, most = len(value.encode(errors="replace")), limits().env_value_max
    return f"env {shown(name)} has {length} bytes, above the maximum of {most}" if length > most else None


def _check_run(run: RunView, settings: Settings) -> Iterator[Finding]:
    known = limits()
    most = known.task_timeout_max if run.kind == JOB else known.timeout_max
    if run.timeout_s is not None and run.timeout_s > most:
        yield Finding("timeout_s", f"timeout_s is {run.timeout_s}, above the maximum of {most}", f"set it to {most}s")
    if run.concurrency is not None and run.concurrency > known.concurrency_max:
        problem = f"concurrency is {run.concurrency}, above the maximum of {known.concurrency_max}"
        yield Finding("concurrency", problem, f"set it to {known.concurrency_max}")
    if len(run.name) > known.name_length_max:
        problem = f"name {shown(run.name)} has {len(run.name)} characters, above the maximum of {known.name_length_max}"
        yield Finding("name", problem, "shorten it")


RULE = ContainerRule(
    id="R14",
    name="within-bounds",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="Timeouts, concurrency, names and variables are within the limits of Cloud Run.",
    remedy="lower it under machine.cloud.services of its group",
    targets=(CLOUDRUN,),
    **on_entries("env", _env_problem, "mount it as a file"),
    resources=(ResourceCheck(of="runs", reads=("timeout_s", "concurrency", "name"), check=_check_run),),
)

"""R06: CPU and memory are a combination that Cloud Run supports.

The limits are in `fleet/data/cloudrun-limits.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.cloudrun_limits import Card, card_named, cpu_problem, cpus, limits, mebibytes, memory_problem
from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import RunView
from policy.views.container import MAIN


def _check(run: RunView, settings: Settings) -> Iterator[Finding]:
    card = card_named(run.accelerator) if run.gpus else None
    found = list(_steps(run, card))
    if found:
        yield from found
        return
    most = card.cpu_max if card else limits().cpu_steps[-1]
    if most is not None and run.cpu_millicores > most:
        problem = f"containers have {cpus(run.cpu_millicores)} CPUs in total, but an instance has at most {cpus(most)}"
        yield Finding("containers", problem, "lower the cpu of one")
    elif run.containers and (wrong := memory_problem(run.cpu_millicores, run.memory_mib, card)):
        problem = f"containers' memory: {wrong[0]}"
        yield Finding("containers", problem, f"set it to {mebibytes(wrong[1])} in total, or change cpu")


def _steps(run: RunView, card: Card | None) -> Iterator[Finding]:
    for view in run.containers:
        if view.cpu_limit is None:
            continue
        millicores = round(min(view.cpu_limit, 1e6) * 1000)
        if wrong := cpu_problem(millicores, card if view.role == MAIN else None):
            problem = f"containers hold {view.name}, whose {wrong[0]}"
            yield Finding("containers", problem, f"set its cpu to {cpus(wrong[1])}")


RULE = ResourceRule(
    id="R06",
    name="cpu-and-memory",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="CPU and memory of an instance are a combination that Cloud Run supports.",
    remedy="set cpu and memory of its group under machine.cloud.services",
    resources=(ResourceCheck(of="runs", reads=("containers", "gpus", "accelerator"), check=_check),),
)

"""R05: a GPU is requested in a region that has it, with enough CPU and memory, by one container.

The limits are in `fleet/data/cloudrun-limits.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.cloudrun_limits import Card, card_named, cpu_problem, cpus, limits, mebibytes
from fleet.source.redaction import shown
from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import SERVICE, RunView


def _check(run: RunView, settings: Settings) -> Iterator[Finding]:
    if not run.gpus and run.accelerator is None:
        return
    card = card_named(run.accelerator)
    if card is None:
        said = "not set" if run.accelerator is None else shown(run.accelerator)
        known = " or ".join(limits().gpus)
        problem = f"accelerator is {said}, which is no known card"
        yield Finding("accelerator", problem, f"set nodeSelector.accelerator to {known}")
    else:
        yield from _room(run, card)
    if len(run.gpus) != 1 or sum(run.gpus.values()) != limits().gpus_per_instance:
        asked = " and ".join(f"{name} {count}" for name, count in run.gpus.items()) or "nobody"
        problem = f"gpus are requested by {asked}, but an instance has one, for one container"
        yield Finding("gpus", problem, 'request "nvidia.com/gpu": "1" in one container')
    if run.kind == SERVICE and run.cpu_idle:
        problem = "cpu_idle is true, but a GPU requires instance-based billing"
        yield Finding("cpu_idle", problem, "set billing of its group to instance")


def _room(run: RunView, card: Card) -> Iterator[Finding]:
    if run.region and run.region not in (*card.regions, *card.regions_by_invitation):
        problem = f"region is {shown(run.region)}, which has no {run.accelerator}"
        yield Finding("region", problem, f"use one of {', '.join(card.regions)}")
    if run.cpu_millicores < card.cpu_min:
        problem = (
            f"containers have {cpus(run.cpu_millicores)} CPUs, but {run.accelerator} requires {cpus(card.cpu_min)}"
        )
        nearest = cpu_problem(run.cpu_millicores, card)
        yield Finding("containers", problem, f"set cpu to {cpus(nearest[1] if nearest else card.cpu_min)}")
    if run.memory_mib < card.memory_min:
        has, takes = mebibytes(run.memory_mib), mebibytes(card.memory_min)
        problem = f"containers have {has}, but {run.accelerator} requires {takes}"
        yield Finding("containers", problem, f"set memory to {card.memory_min}MiB")


RULE = ResourceRule(
    id="R05",
    name="gpu-can-run",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="A GPU is requested in a region that has it, with the CPU, memory and billing it requires.",
    remedy="correct gpu, cpu, memory or billing of its group under machine.cloud.services",
    resources=(
        ResourceCheck(of="runs", reads=("gpus", "accelerator", "region", "cpu_idle", "containers"), check=_check),
    ),
)

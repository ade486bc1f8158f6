"""R08: keeping a GPU warm needs a reason."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import IDLE_GPU_ACCEPTED
from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import RunView


def _check(run: RunView, settings: Settings) -> Iterator[Finding]:
    if run.instances_min > 0 and (run.gpus or run.accelerator) and not run.says(IDLE_GPU_ACCEPTED):
        problem = f"instances_min is {run.instances_min} with a GPU, which is billed at the full rate even when idle"
        yield Finding("instances_min", problem)


RULE = ResourceRule(
    id="R08",
    name="idle-gpu-accepted",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="Instances with a GPU are not kept warm without a reason.",
    remedy="set min_instances of its group to 0, or give the reason in idle_gpu_accepted",
    elsewhere=f"set minInstanceCount to 0, or give the reason in annotation {IDLE_GPU_ACCEPTED}",
    resources=(
        ResourceCheck(
            of="runs", reads=("instances_min", "gpus", "accelerator", "annotations", "annotations_inside"), check=_check
        ),
    ),
)

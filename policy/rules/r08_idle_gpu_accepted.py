"""R08: a GPU that runs around the clock is somebody's decision."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import IDLE_GPU_ACCEPTED
from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import RunView


def _check(run: RunView, settings: Settings) -> Iterator[Finding]:
    if run.instances_min > 0 and (run.gpus or run.accelerator) and not run.says(IDLE_GPU_ACCEPTED):
        problem = f"instances_min is {run.instances_min} with a GPU, which is paid for at its full rate, idle or not"
        yield Finding(run.subject, "instances_min", problem)


RULE = ResourceRule(
    id="R08",
    name="idle-gpu-accepted",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="Instances with a GPU are not kept warm, unless somebody says why.",
    remedy="set min_instances of its group to 0, or say why in idle_gpu_accepted",
    elsewhere=f"set minInstanceCount to 0, or say why in the annotation {IDLE_GPU_ACCEPTED}",
    resources=(
        ResourceCheck(
            of="runs", reads=("instances_min", "gpus", "accelerator", "annotations", "annotations_inside"), check=_check
        ),
    ),
)

"""R08: keeping a GPU warm needs a reason."""

from __future__ import annotations

from fleet.labels import IDLE_GPU_ACCEPTED
from policy.core.checks import on_field
from policy.core.rule import Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import RunView

_ALSO = ("gpus", "accelerator", "annotations", "annotations_inside")


def _problem(run: RunView, settings: Settings) -> str | None:
    if run.instances_min <= 0 or not (run.gpus or run.accelerator) or run.says(IDLE_GPU_ACCEPTED):
        return None
    return f"instances_min is {run.instances_min} with a GPU, which is billed at the full rate even when idle"


RULE = ResourceRule(
    id="R08",
    name="idle-gpu-accepted",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="Instances with a GPU are not kept warm without a reason.",
    remedy="set min_instances of its group to 0, or give the reason in idle_gpu_accepted",
    elsewhere=f"set minInstanceCount to 0, or give the reason in annotation {IDLE_GPU_ACCEPTED}",
    resources=(ResourceCheck(of="runs", **on_field("instances_min", _problem, *_ALSO)),),
)

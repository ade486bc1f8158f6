"""G06: the memory limit that MPS enforces per process fits the container's limit.

`CUDA_MPS_PINNED_DEVICE_MEM_LIMIT` applies to each client process, not to the container: `0=3328M` with two processes is
6656 MiB. Several devices (`0=1G,1=512M`) are summed.
"""

from __future__ import annotations

import re

from fleet.labels import GPU_ENFORCEMENT
from fleet.source.redaction import shown
from fleet.text import thousands
from policy.core.checks import on_field
from policy.core.gpu.budgets import budget_of
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView

_VARIABLE = "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT"
_DEVICE = re.compile(r"^\s*[\w-]{1,64}\s*=\s*(\d{1,9})\s*([MG])B?\s*$", re.IGNORECASE)


def _problem(container: ContainerView, settings: Settings) -> str | None:
    value = dict(container.env).get(_VARIABLE)
    if value is None:
        unenforced = f"env {_VARIABLE} is not set, but its enforcement is mps, so nothing limits its GPU memory"
        return unenforced if container.labels.get(GPU_ENFORCEMENT) == "mps" else None
    per_process, budget = _mebibytes(value), budget_of(container)
    if per_process is None:
        return f"env {_VARIABLE} is {shown(value)}, which is not a limit that MPS accepts"
    if budget is None or per_process * budget.processes <= budget.limit_mib:
        return None
    figures = f"{thousands(per_process * budget.processes)} of {thousands(budget.limit_mib)} MiB"
    which = f"which with {budget.processes} processes is {figures}, so it may exceed its limit"
    return f"env {_VARIABLE} is {shown(value)}, {which}"


def _mebibytes(value: str) -> int | None:
    """MiB of all devices; None if one is malformed."""
    total = 0
    for device in value.split(","):
        match = _DEVICE.match(device)
        if match is None:
            return None
        total += int(match[1]) * (1024 if match[2].upper() == "G" else 1)
    return total


RULE = ContainerRule(
    id="G06",
    name="mps-per-process",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="The limit that MPS enforces per process, times the processes, fits the container's limit.",
    remedy="let the plan set it: containers.<name>.gpu.limit divided by gpu.processes",
    elsewhere=f'set {_VARIABLE} to "0=<limit / processes>M"',
    sources=("NVIDIA k8s-device-plugin #720",),
    targets=(DOCKER, KUBERNETES),
    **on_field("env", _problem, "labels"),
)

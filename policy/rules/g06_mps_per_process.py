"""G06: the memory limit that MPS enforces, times the processes, stays within the container's.

`CUDA_MPS_PINNED_DEVICE_MEM_LIMIT` holds for each client process, not for the container: `0=3328M` on two processes is
6656 MiB. Several devices (`0=1G,1=512M`) count together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fleet.labels import GPU_ENFORCEMENT
from fleet.redaction import shown
from fleet.text import thousands
from policy.core.gpu.budgets import budget_of
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView

_VARIABLE = "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT"
_DEVICE = re.compile(r"^\s*[\w-]{1,64}\s*=\s*(\d{1,9})\s*([MG])B?\s*$", re.IGNORECASE)


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    value = dict(container.env).get(_VARIABLE)
    enforced = container.labels.get(GPU_ENFORCEMENT) == "mps"
    if value is None:
        if enforced:
            problem = f"env {_VARIABLE} is not set, but its enforcement is mps, so nothing caps its GPU memory"
            yield Finding(container.subject, "env", problem)
        return
    per_process, budget = _mebibytes(value), budget_of(container)
    if per_process is None:
        problem = f"env {_VARIABLE} is {shown(value)}, which MPS does not take for a limit"
        yield Finding(container.subject, "env", problem)
    elif budget and per_process * budget.processes > budget.limit_mib:
        total = thousands(per_process * budget.processes)
        problem = (
            f"env {_VARIABLE} is {shown(value)}, which {budget.processes} processes make {total} of "
            f"{thousands(budget.limit_mib)} MiB, so it may burst above its limit"
        )
        yield Finding(container.subject, "env", problem)


def _mebibytes(value: str) -> int | None:
    """MiB of all devices; None where one is malformed."""
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
    summary="The limit that MPS enforces on each process, times the processes, stays within the container's limit.",
    remedy="leave it to the plan, which divides containers.<name>.gpu.limit by gpu.processes",
    elsewhere=f'set {_VARIABLE} to "0=<limit / processes>M"',
    sources=("NVIDIA k8s-device-plugin #720",),
    targets=(DOCKER, KUBERNETES),
    reads=("env", "labels"),
    check=_check,
)

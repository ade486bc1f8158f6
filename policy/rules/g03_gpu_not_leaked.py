"""G03: no container gets at a GPU past the budget.

`NVIDIA_VISIBLE_DEVICES` hands out cards where NVIDIA's runtime is the daemon's default, a device file always does, and
that runtime does by what the image says. On a cluster the kubelet puts a pod's own variables after the device plugin's.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from posixpath import normpath

from fleet.redaction import shown
from policy.core.gpu.budgets import GPU_DEVICES, missing_parts
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView

_VISIBLE = "NVIDIA_VISIBLE_DEVICES"
_NOTHING = ("", "none", "void")
_WHY = "without a GPU budget, so it takes memory that others were promised"


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    environment = dict(container.env)
    visible = environment.get(_VISIBLE, "")
    if container.target == KUBERNETES:
        yield from _past_the_plugin(container, visible)
    if not missing_parts(container):
        return
    if visible.strip().lower() not in _NOTHING:
        yield Finding(container.subject, "env", f"env {_VISIBLE} is {shown(visible)} {_WHY}")
    elif container.gpu_runtime and not container.gpu and _VISIBLE not in environment:
        problem = f"its runtime is NVIDIA's, and {_VISIBLE} is left to the image, which says all, {_WHY}"
        yield Finding(container.subject, "gpu_runtime", problem)
    for device in container.devices:
        if fnmatchcase(normpath(device), GPU_DEVICES):
            yield Finding(container.subject, "devices", f'devices holds "{device}" {_WHY}')


def _past_the_plugin(container: ContainerView, visible: str) -> Iterator[Finding]:
    """On a cluster a budget does not help: the scheduler's choice of a card is what others are counted by."""
    if container.privileged:
        yield Finding(container.subject, "privileged", "privileged is true, so it has every GPU of its node")
    if missing_parts(container):
        return
    if visible.strip().lower() not in _NOTHING:
        problem = f"env {_VISIBLE} is {shown(visible)}, which goes before the card that the scheduler chose for it"
        yield Finding(container.subject, "env", problem, f"drop {_VISIBLE}")
    for device in container.devices:
        if fnmatchcase(normpath(device), GPU_DEVICES):
            problem = f'devices holds "{device}" of its node, past the card that the scheduler chose for it'
            yield Finding(container.subject, "devices", problem, "drop the mount, and ask for the card as a resource")


RULE = ContainerRule(
    id="G03",
    name="gpu-not-leaked",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="No container gets at a GPU by its environment, its runtime or a device file without a budget.",
    remedy=f"add containers.<name>.gpu with request, limit and enforcement, or set {_VISIBLE} to void",
    elsewhere=f"state a budget in fleet.gpu labels, or set {_VISIBLE} to void and drop the device",
    targets=(DOCKER, KUBERNETES),
    reads=("env", "devices", "gpu", "gpu_runtime", "labels", "privileged"),
    check=_check,
)

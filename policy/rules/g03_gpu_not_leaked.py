"""G03: no container uses a GPU without a budget.

`NVIDIA_VISIBLE_DEVICES` exposes cards if NVIDIA's runtime is the daemon's default, a device file always does, and that
runtime follows the image's own setting. On a cluster, a pod's variables override those of the device plugin.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.gpu_devices import is_gpu_device
from fleet.source.redaction import shown
from policy.core.gpu.budgets import missing_parts
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView

_VISIBLE = "NVIDIA_VISIBLE_DEVICES"
_NOTHING = ("", "none", "void")
_WHY = "without a GPU budget, so it takes memory that others have reserved"


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    environment = dict(container.env)
    visible = environment.get(_VISIBLE, "")
    if container.target == KUBERNETES:
        yield from _past_the_plugin(container, visible)
    if not missing_parts(container):
        return
    if visible.strip().lower() not in _NOTHING:
        yield Finding("env", f"env {_VISIBLE} is {shown(visible)} {_WHY}")
    elif container.gpu_runtime and not container.gpu and _VISIBLE not in environment:
        yield Finding("gpu_runtime", f"gpu_runtime is NVIDIA's and the image sets {_VISIBLE}, often to all, {_WHY}")
    for device in container.devices:
        if is_gpu_device(device):
            yield Finding("devices", f'devices holds "{device}" {_WHY}')


def _past_the_plugin(container: ContainerView, visible: str) -> Iterator[Finding]:
    """On a cluster a budget does not help: sums assume the card that the scheduler chose."""
    if container.privileged:
        yield Finding("privileged", "privileged is true, so it has every GPU of its node")
    if missing_parts(container):
        return
    if visible.strip().lower() not in _NOTHING:
        problem = f"env {_VISIBLE} is {shown(visible)}, which overrides the card that the scheduler chose"
        yield Finding("env", problem, f"remove {_VISIBLE}")
    for device in container.devices:
        if is_gpu_device(device):
            problem = f'devices holds "{device}" of its node, bypassing the card that the scheduler chose'
            yield Finding("devices", problem, "remove the mount, and request the card as a resource")


RULE = ContainerRule(
    id="G03",
    name="gpu-not-leaked",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="No container uses a GPU through its environment, runtime or a device file without a budget.",
    remedy=f"add containers.<name>.gpu with request, limit and enforcement, or set {_VISIBLE} to void",
    elsewhere=f"declare a budget in fleet.gpu labels, or set {_VISIBLE} to void and remove the device",
    targets=(DOCKER, KUBERNETES),
    reads=("env", "devices", "gpu", "gpu_runtime", "labels", "privileged"),
    check=_check,
)

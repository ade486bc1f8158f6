"""B10: a container gets only host devices that its group lists."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from posixpath import normpath

from fleet.gpu_devices import is_gpu_device
from fleet.labels import DEVICES
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, ContainerView

_WHY = "a device bypasses every other restriction"


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    named = [name.strip() for name in container.labels.get(DEVICES, "").split(",")]
    allowed = ", ".join(settings["devices"])
    for device in container.devices:
        path, what = normpath(device), f'devices holds "{device}", which'
        if is_gpu_device(path):
            continue  # G03 asks for a GPU budget instead.
        if not any(fnmatchcase(path, pattern) for pattern in settings["devices"]):
            remedy = f"use one of {allowed}, or add it to this rule's devices in the policy config"
            yield Finding("devices", f"{what} is not an allowed device; {_WHY}", remedy)
        elif device not in named:
            yield Finding("devices", f"{what} its group does not list, so nobody approved its use")


RULE = ContainerRule(
    id="B10",
    name="devices-by-list",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container gets only sound, video, serial and inference devices, each listed in its group's file.",
    remedy="list it under containers.<name>.devices, or remove it",
    elsewhere=f"list it in the label {DEVICES}, or remove it",
    sources=("CIS Docker 5.18",),
    defaults={
        "devices": (
            "/dev/snd*", "/dev/video*", "/dev/apex_[0-9]*", "/dev/hailo[0-9]*", "/dev/accel/accel[0-9]*",
            "/dev/ttyUSB[0-9]*", "/dev/ttyACM[0-9]*", "/dev/serial/by-id/*",
        )
    },
    targets=(DOCKER,),
    reads=("devices", "labels"),
    each=("devices",),
    check=_check,
)  # fmt: skip

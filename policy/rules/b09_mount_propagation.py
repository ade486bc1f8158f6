"""B09: what is mounted on one side of a mount does not appear on the other.

Judged of mounts, and of volumes whose driver mounts them so. Kubernetes says HostToContainer and Bidirectional for what
Linux calls slave and shared.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.rule import ContainerRule, Finding, Level, ResourceCheck, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView
from policy.views.stack import VolumeView

_BOTH_WAYS = ("shared", "rshared", "bidirectional")
_INWARDS = ("slave", "rslave", "hosttocontainer")


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    for mount in container.mounts:
        if why := _why(mount.propagation):
            problem = f"mounts holds {shown(mount.target)}, whose propagation is {shown(mount.propagation)}, so {why}"
            yield Finding(container.subject, "mounts", problem)


def _check_volume(volume: VolumeView, settings: Settings) -> Iterator[Finding]:
    if why := _why(volume.propagation):
        yield Finding(volume.subject, "propagation", f"propagation is {shown(volume.propagation)}, so {why}")


def _why(propagation: str) -> str:
    word = propagation.strip().lower()
    if word in _BOTH_WAYS:
        return "what the container mounts there is mounted on the host too"
    return "what the host mounts there later is in the container too" if word in _INWARDS else ""


RULE = ContainerRule(
    id="B09",
    name="mount-propagation",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="Mounts made on one side of a mount do not appear on the other side.",
    remedy="mount a volume of the group, which is private",
    elsewhere="drop the propagation, or set it to rprivate",
    on_cluster="drop mountPropagation, or set it to None",
    sources=("CIS Docker 5.20", "KICS Volume Mounted In Multiple Containers"),
    targets=(DOCKER, KUBERNETES),
    reads=("mounts",),
    each=("mounts",),
    check=_check,
    resources=(ResourceCheck(of="volumes", reads=("propagation",), check=_check_volume),),
)

"""B09: mounts do not propagate between a container and its host.

Checks mounts, and volumes whose driver options set it. HostToContainer and Bidirectional of Kubernetes are slave and
shared of Linux.
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
            yield Finding("mounts", problem)


def _check_volume(volume: VolumeView, settings: Settings) -> Iterator[Finding]:
    if why := _why(volume.propagation):
        yield Finding("propagation", f"propagation is {shown(volume.propagation)}, so {why}")


def _why(propagation: str) -> str:
    word = propagation.strip().lower()
    if word in _BOTH_WAYS:
        return "mounts made there by the container appear on the host"
    return "mounts made there by the host appear in the container" if word in _INWARDS else ""


RULE = ContainerRule(
    id="B09",
    name="mount-propagation",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="Mounts do not propagate between a container and its host.",
    remedy="mount a volume of the group, which is private",
    elsewhere="remove the propagation, or set it to rprivate",
    on_cluster="remove mountPropagation, or set it to None",
    sources=("CIS Docker 5.20", "KICS Volume Mounted In Multiple Containers"),
    targets=(DOCKER, KUBERNETES),
    reads=("mounts",),
    each=("mounts",),
    check=_check,
    resources=(ResourceCheck(of="volumes", reads=("propagation",), check=_check_volume),),
)

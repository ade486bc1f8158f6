"""B09: mounts do not propagate between a container and its host.

Checks mounts, and volumes whose driver options set it. HostToContainer and Bidirectional of Kubernetes are slave and
shared of Linux.
"""

from __future__ import annotations

from fleet.source.redaction import shown
from policy.core.checks import on_entries, on_field
from policy.core.rule import ContainerRule, Level, ResourceCheck, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, Mount
from policy.views.stack import VolumeView

_BOTH_WAYS = ("shared", "rshared", "bidirectional")
_INWARDS = ("slave", "rslave", "hosttocontainer")


def _problem(mount: Mount, settings: Settings) -> str | None:
    why, propagation = _why(mount.propagation), shown(mount.propagation)
    return f"mounts holds {shown(mount.target)}, whose propagation is {propagation}, so {why}" if why else None


def _volume_problem(volume: VolumeView, settings: Settings) -> str | None:
    why = _why(volume.propagation)
    return f"propagation is {shown(volume.propagation)}, so {why}" if why else None


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
    **on_entries("mounts", _problem),
    resources=(ResourceCheck(of="volumes", **on_field("propagation", _volume_problem)),),
)

"""C08: scratch space is limited."""

from __future__ import annotations

from policy.core.checks import on_entries
from policy.core.rule import Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.kubernetes import PodVolume


def _problem(volume: PodVolume, settings: Settings) -> str | None:
    if volume.kind != "emptyDir" or volume.size_limited:
        return None
    where = "the memory of its node" if volume.in_memory else "the disk of its node"
    return f'volumes holds "{volume.name}", an emptyDir without a size limit, so it may fill {where}'


RULE = ResourceRule(
    id="C08",
    name="empty-dir-limit",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="Scratch space of a pod has a size limit.",
    remedy="set a size for the path under containers.<name>.hardening.tmpfs, or for its volume",
    elsewhere="set sizeLimit on the emptyDir",
    sources=("Kyverno require-emptydir-requests-limits",),
    resources=(ResourceCheck(of="pods", **on_entries("volumes", _problem)),),
)

"""C08: scratch space is limited."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.kubernetes import PodView


def _check(pod: PodView, settings: Settings) -> Iterator[Finding]:
    for volume in pod.volumes:
        if volume.kind == "emptyDir" and not volume.size_limited:
            where = "the memory of its node" if volume.in_memory else "the disk of its node"
            problem = f'volumes holds "{volume.name}", an emptyDir without a size limit, so it may fill {where}'
            yield Finding("volumes", problem)


RULE = ResourceRule(
    id="C08",
    name="empty-dir-limit",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="Scratch space of a pod has a size limit.",
    remedy="set a size for the path under containers.<name>.hardening.tmpfs, or for its volume",
    elsewhere="set sizeLimit on the emptyDir",
    sources=("Kyverno require-emptydir-requests-limits",),
    resources=(ResourceCheck(of="pods", reads=("volumes",), each=("volumes",), check=_check),),
)

"""B08: a pod's volumes are of types that stay within its namespace."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.kubernetes import PodView


def _check(pod: PodView, settings: Settings) -> Iterator[Finding]:
    for volume in pod.volumes:
        if volume.kind not in settings["kinds"]:
            what = f'is "{volume.kind}"' if volume.kind else "has no type"
            problem = f'volumes holds "{volume.name}", which {what}: storage that no claim isolates from other pods'
            yield Finding("volumes", problem)


RULE = ResourceRule(
    id="B08",
    name="volume-types",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A pod's volumes are of the nine types that the restricted Pod Security Standard allows.",
    remedy="keep the data in a volume of the group, which becomes a claim",
    elsewhere="use a claim, an emptyDir, a config map or a secret",
    sources=("KSV-0028", "PSS restrictedVolumes"),
    defaults={
        "kinds": (
            "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected",
            "secret",
        )
    },
    resources=(ResourceCheck(of="pods", reads=("volumes",), each=("volumes",), check=_check),),
)  # fmt: skip

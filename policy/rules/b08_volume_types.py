"""B08: a pod's volumes are of types that stay within its namespace."""

from __future__ import annotations

from policy.core.checks import on_entries
from policy.core.rule import Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.kubernetes import PodVolume


def _problem(volume: PodVolume, settings: Settings) -> str | None:
    if volume.kind in settings["kinds"]:
        return None
    what = f'is "{volume.kind}"' if volume.kind else "has no type"
    return f'volumes holds "{volume.name}", which {what}: storage that no claim isolates from other pods'


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
    resources=(ResourceCheck(of="pods", **on_entries("volumes", _problem)),),
)  # fmt: skip

"""D01: an image names its version."""

from __future__ import annotations

from policy.core.checks import on_image
from policy.core.parsing.images import ImageReference
from policy.core.rule import ContainerRule, Level, Settings, Severity


def _problem(image: ImageReference, settings: Settings) -> str | None:
    if image.digest or image.tag not in ("", "latest"):
        return None
    what = "is latest" if image.tag else "has no tag, so it is latest"
    return f"{what}; the same file may run a different image tomorrow"


RULE = ContainerRule(
    id="D01",
    name="no-latest",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="An image has a tag other than latest, or a digest.",
    remedy="add a version to containers.<name>.image.reference, or set images.tag of the stack if it is built here",
    elsewhere="add a version, such as registry/name:1.4.2, or the digest",
    sources=("CKV_K8S_14", "CKV_DOCKER_7", "KSV-0013", "DS-0001", "Kyverno disallow-latest-tag"),
    **on_image(_problem),
)

"""D01: an image names its version."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.parsing.images import parse_image
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    image = parse_image(container.image)
    if image is None or image.digest:
        return
    if image.tag in ("", "latest"):
        what = "has no tag, so it is latest" if not image.tag else "is latest"
        problem = f"image {shown(container.image)} {what}; the same file may run a different image tomorrow"
        yield Finding("image", problem)


RULE = ContainerRule(
    id="D01",
    name="no-latest",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="An image has a tag other than latest, or a digest.",
    remedy="add a version to containers.<name>.image.reference, or set images.tag of the stack if it is built here",
    elsewhere="add a version, such as registry/name:1.4.2, or the digest",
    sources=("CKV_K8S_14", "CKV_DOCKER_7", "KSV-0013", "DS-0001", "Kyverno disallow-latest-tag"),
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("image",),
    check=_check,
)

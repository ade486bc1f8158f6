"""D05: an image's signature, SBOM and provenance are verified.

Disabled by default: nothing registered shows it. The pipeline that verifies (cosign verify, cosign verify-attestation)
writes the verified digests into the policy config.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.parsing.images import parse_image
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    image = parse_image(container.image)
    if image is None:
        return
    if not image.digest:
        problem = f"image {shown(container.image)} has no digest, so no signature can cover what will run"
        yield Finding("image", problem)
    elif image.digest not in settings["verified"]:
        problem = f"image {shown(container.image)} has no verified signature"
        yield Finding("image", problem)


RULE = ContainerRule(
    id="D05",
    name="verified-signature",
    level=Level.DISABLED,
    severity=Severity.HIGH,
    summary="An image has a verified signature, SBOM and provenance.",
    remedy="verify it (cosign verify) and add its digest to this rule's verified setting",
    sources=("CIS Docker 4.5", "CIS Docker 4.12", "Kyverno verify-image", "Kyverno verify-sbom-cyclonedx", "CKV_GHA_5"),
    defaults={"verified": ()},
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("image",),
    check=_check,
)

"""D05: an image's signature, SBOM and provenance are verified.

Disabled by default: nothing registered shows it. The pipeline that verifies (cosign verify, cosign verify-attestation)
writes the verified digests into the policy config.
"""

from __future__ import annotations

from policy.core.checks import on_image
from policy.core.parsing.images import ImageReference
from policy.core.rule import ContainerRule, Level, Settings, Severity


def _problem(image: ImageReference, settings: Settings) -> str | None:
    if not image.digest:
        return "has no digest, so no signature can cover what will run"
    return None if image.digest in settings["verified"] else "has no verified signature"


RULE = ContainerRule(
    id="D05",
    name="verified-signature",
    level=Level.DISABLED,
    severity=Severity.HIGH,
    summary="An image has a verified signature, SBOM and provenance.",
    remedy="verify it (cosign verify) and add its digest to this rule's verified setting",
    sources=("CIS Docker 4.5", "CIS Docker 4.12", "Kyverno verify-image", "Kyverno verify-sbom-cyclonedx", "CKV_GHA_5"),
    defaults={"verified": ()},
    **on_image(_problem),
)

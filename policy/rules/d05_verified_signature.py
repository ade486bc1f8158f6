"""D05: an image's signature, its bill of materials and its provenance were verified.

Disabled unless configured: nothing that is registered tells. The pipeline that verifies (cosign verify, cosign
verify-attestation) writes the digests it vouches for into the policy config.
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
        problem = f"image {shown(container.image)} has no digest, so no signature can be of what will run"
        yield Finding(container.subject, "image", problem)
    elif image.digest not in settings["verified"]:
        problem = f"image {shown(container.image)} is none whose signature was verified"
        yield Finding(container.subject, "image", problem)


RULE = ContainerRule(
    id="D05",
    name="verified-signature",
    level=Level.DISABLED,
    severity=Severity.HIGH,
    summary="An image is one whose signature, bill of materials and provenance were verified.",
    remedy="verify it (cosign verify) and add its digest to this rule's verified in the policy config",
    sources=("CIS Docker 4.5", "CIS Docker 4.12", "Kyverno verify-image", "Kyverno verify-sbom-cyclonedx", "CKV_GHA_5"),
    defaults={"verified": ()},
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("image",),
    check=_check,
)

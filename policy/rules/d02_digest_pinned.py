"""D02: an image is the very one that was tried.

Images built on the machine itself are in no registry and have no digest there; the build fixes what they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.parsing.images import parse_image
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    image = parse_image(container.image)
    if image is None or image.digest or image.registry in settings["built_here"]:
        return
    problem = f"image {shown(container.image)} has no digest, so whoever may push its tag decides what runs"
    yield Finding(container.subject, "image", problem)


RULE = ContainerRule(
    id="D02",
    name="digest-pinned",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="An image from a registry is named with its digest; make this mandatory where it matters.",
    remedy="name it under images.digests of the stack, or in containers.<name>.image.reference",
    elsewhere="add its digest, as name:tag@sha256:<digest>",
    sources=("CKV_K8S_43", "Kyverno require-image-checksum"),
    defaults={"built_here": ("fleet.local",)},
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("image",),
    check=_check,
)

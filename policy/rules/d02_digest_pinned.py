"""D02: an image is pinned by its digest.

Images built on the machine are in no registry, so they have no digest; the build determines their content.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import DOMAIN
from fleet.redaction import shown
from policy.core.parsing.images import parse_image
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    image = parse_image(container.image)
    if image is None or image.digest or image.registry in settings["built_here"]:
        return
    problem = f"image {shown(container.image)} has no digest, so anyone who can push the tag decides what runs"
    yield Finding("image", problem)


RULE = ContainerRule(
    id="D02",
    name="digest-pinned",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="An image from a registry is pinned by its digest; make this rule mandatory where it matters.",
    remedy="add the digest under images.digests of the stack, or to containers.<name>.image.reference",
    elsewhere="add its digest: name:tag@sha256:<digest>",
    sources=("CKV_K8S_43", "Kyverno require-image-checksum"),
    defaults={"built_here": (DOMAIN,)},
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("image",),
    check=_check,
)

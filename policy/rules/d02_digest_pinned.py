"""D02: an image is pinned by its digest.

Images built on the machine are in no registry, so they have no digest; the build determines their content.
"""

from __future__ import annotations

from fleet.source.defaults import DOMAIN
from policy.core.checks import on_image
from policy.core.parsing.images import ImageReference
from policy.core.rule import ContainerRule, Level, Settings, Severity


def _problem(image: ImageReference, settings: Settings) -> str | None:
    if image.digest or image.registry in settings["built_here"]:
        return None
    return "has no digest, so anyone who can push the tag decides what runs"


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
    **on_image(_problem),
)

"""D12: the base of a built image is pinned by its digest.

A base of this project is built here too, and is in no registry.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.source.defaults import DOMAIN
from fleet.source.redaction import shown
from policy.core.parsing.images import parse_image
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.stack import StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for image in stack.images:
        base = parse_image(image.base or None)
        if base and not base.digest and base.registry not in settings["built_here"]:
            problem = f"base {shown(image.base)} has no digest, so a rebuild may get another image under the same tag"
            yield Finding("base", problem, of=image)


RULE = StackRule(
    id="D12",
    name="base-pinned",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="The base of a built image is pinned by its digest; to move to another base, change the digest.",
    remedy=(
        "add the digest to ARG BASE of the Dockerfile, or set images.base or images.bases.<image> of the stack; below "
        "a container's files, add it to containers.<name>.image.reference"
    ),
    elsewhere="add the digest to the build argument BASE: name:tag@sha256:<digest>",
    sources=("CKV_K8S_43", "Kyverno require-image-checksum"),
    defaults={"built_here": (DOMAIN,)},
    reads=("images.base",),
    check=_check,
)

"""D03: an image names a trusted registry."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from fleet.source.defaults import DOMAIN
from fleet.source.redaction import shown
from policy.core.parsing.images import ImageReference, parse_image
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    image = parse_image(container.image)
    if image is None:
        return
    known = settings["registries"]
    if not image.registry:
        library = image.repository if "/" in image.repository else f"library/{image.repository}"
        problem = f"image {shown(container.image)} names no registry, so each daemon decides where to pull it from"
        remedy = f"prefix the registry, such as docker.io/{library}"
        yield Finding("image", problem, remedy)
    elif not any(_is_from(image, registry) for registry in known):
        problem = f"image {shown(container.image)} comes from {image.registry}, which is not a known registry"
        remedy = f"use one of {', '.join(known)}, or add it to this rule's registries in the policy config"
        yield Finding("image", problem, remedy)


def _is_from(image: ImageReference, known: str) -> bool:
    """A known registry may include a path: `ghcr.io/acme` covers all images of acme only.

    `*` matches any text in its host: Artifact Registry has one per region.
    """
    host, slash, path = known.rstrip("/").partition("/")
    inside = f"{image.repository}/".startswith(f"{path}{slash}")
    return inside and fnmatchcase(image.registry, host)


RULE = ContainerRule(
    id="D03",
    name="known-registry",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="An image names its registry, which is a known one.",
    remedy="use a known registry in containers.<name>.image.reference",
    sources=("KSV-0125", "KSV-0034", "KSV-0124", "CIS Docker 4.2", "Kyverno restrict-image-registries"),
    defaults={
        "registries": (
            # Images built on the machine.
            DOMAIN,
            "docker.io", "ghcr.io", "quay.io", "nvcr.io", "registry.k8s.io", "mcr.microsoft.com",
            "*-docker.pkg.dev",
        )
    },
    reads=("image",),
    check=_check,
)  # fmt: skip

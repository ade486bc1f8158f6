"""D04: an image does not come from a retired registry."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.parsing.images import parse_image
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    image = parse_image(container.image)
    if image and image.registry in settings["dead"]:
        problem = f"image {shown(container.image)} comes from {image.registry}, which is retired: it gets no more fixes"
        yield Finding("image", problem)


RULE = ContainerRule(
    id="D04",
    name="no-dead-registry",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="An image does not come from a retired registry.",
    remedy="use its new registry in containers.<name>.image.reference; k8s.gcr.io became registry.k8s.io",
    elsewhere="use its new registry; k8s.gcr.io became registry.k8s.io",
    sources=("Kyverno restrict-deprecated-registry",),
    defaults={"dead": ("k8s.gcr.io", "gcr.io", "us.gcr.io", "eu.gcr.io", "asia.gcr.io", "docker.pkg.github.com")},
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("image",),
    check=_check,
)

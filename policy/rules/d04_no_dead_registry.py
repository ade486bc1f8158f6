"""D04: an image does not come from a retired registry."""

from __future__ import annotations

from policy.core.checks import on_image
from policy.core.parsing.images import ImageReference
from policy.core.rule import ContainerRule, Level, Settings, Severity


def _problem(image: ImageReference, settings: Settings) -> str | None:
    is_dead = image.registry in settings["dead"]
    return f"comes from {image.registry}, which is retired: it gets no more fixes" if is_dead else None


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
    **on_image(_problem),
)

"""R15: an image comes from Artifact Registry, near the region that runs it.

A start waits for the image: from far away it is slower, is paid for as traffic, and fails with the other region.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.parsing.images import parse_image
from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import RunView

_HOST = "-docker.pkg.dev"


def _check(run: RunView, settings: Settings) -> Iterator[Finding]:
    for view in run.containers:
        image = parse_image(view.image)
        if image is None or "image" in view.unknown:
            continue
        place = image.registry.removesuffix(_HOST)
        near = f"use {run.region}{_HOST}/<project>/<repository>" if run.region else "use its region's"
        if place == image.registry:
            problem = f"containers hold {view.name}, whose image {shown(view.image)} is not from Artifact Registry"
            yield Finding(run.subject, "containers", problem, near)
        elif run.region and place != run.region and not _is_near(place, run.region, settings):
            problem = f"containers hold {view.name}, whose image comes from {place} to {run.region}"
            yield Finding(run.subject, "containers", problem, near)


def _is_near(place: str, region: str, settings: Settings) -> bool:
    """Whether both are of one continent: `europe`, which has a registry of its own, or one of its regions."""
    continent = region.partition("-")[0]
    return place == continent or (place.startswith(f"{continent}-") and not settings["same_region"])


RULE = ResourceRule(
    id="R15",
    name="image-is-near",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="An image comes from Artifact Registry on the continent that runs it, or in its very region.",
    remedy="set images.registry to one of the region",
    defaults={"same_region": False},
    resources=(ResourceCheck(of="runs", reads=("region", "containers"), check=_check),),
)

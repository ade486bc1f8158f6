"""R15: an image comes from Artifact Registry near the region that runs it.

Pulling from far away slows starts, costs egress, and fails if the other region does.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.source.redaction import shown
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
            yield Finding("containers", problem, near)
        elif run.region and place != run.region and not _is_near(place, run.region, settings):
            problem = f"containers hold {view.name}, whose image is pulled from {place} to {run.region}"
            yield Finding("containers", problem, near)


def _is_near(place: str, region: str, settings: Settings) -> bool:
    """Whether both are on one continent: its multi-region such as `europe`, or one of its regions."""
    continent = region.partition("-")[0]
    return place == continent or (place.startswith(f"{continent}-") and not settings["same_region"])


RULE = ResourceRule(
    id="R15",
    name="image-is-near",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="An image comes from Artifact Registry on the same continent, or in the same region.",
    remedy="set images.registry to a registry of the region",
    defaults={"same_region": False},
    resources=(ResourceCheck(of="runs", reads=("region", "containers"), check=_check),),
)

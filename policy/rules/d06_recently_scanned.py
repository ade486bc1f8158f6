"""D06: an image was scanned for vulnerabilities not long ago.

Disabled unless configured: nothing that is registered tells. The pipeline that scans writes what it found fit to run,
and when, into the policy config. An image's size is not known here either.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from fleet.redaction import shown
from policy.core.parsing.images import parse_image
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    image = parse_image(container.image)
    if image is None:
        return
    scanned = dict(_scans(settings["scanned"])).get(image.digest) if image.digest else None
    if scanned is None:
        problem = f"image {shown(container.image)} is none that a scan found fit to run"
        yield Finding(container.subject, "image", problem)
    elif scanned + timedelta(days=settings["max_age_days"]) < date.today():
        problem = f"image {shown(container.image)} was scanned on {scanned.isoformat()}, and more is known since"
        yield Finding(container.subject, "image", problem)


def _scans(lines: tuple[str, ...]) -> Iterator[tuple[str, date]]:
    """`<digest> <ISO date>` a line; a line that says anything else vouches for nothing."""
    for line in lines:
        digest, _, day = line.partition(" ")
        try:
            yield digest, date.fromisoformat(day.strip())
        except ValueError:
            continue


RULE = ContainerRule(
    id="D06",
    name="recently-scanned",
    level=Level.DISABLED,
    severity=Severity.HIGH,
    summary="An image was scanned for vulnerabilities not long ago.",
    remedy="scan it and add `<digest> <date>` to this rule's scanned in the policy config",
    sources=("CIS Docker 4.4", "Kyverno require-vulnerability-scan", "Kyverno block-stale-images"),
    defaults={"scanned": (), "max_age_days": 30},
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("image",),
    check=_check,
)

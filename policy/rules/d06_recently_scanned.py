"""D06: an image was recently scanned for vulnerabilities.

Disabled by default: nothing registered shows it. The pipeline that scans writes the digests that passed, and when, into
the policy config. An image's size is not known here either.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from policy.core.checks import on_image
from policy.core.parsing.images import ImageReference
from policy.core.rule import ContainerRule, Level, Settings, Severity


def _problem(image: ImageReference, settings: Settings) -> str | None:
    scanned = dict(_scans(settings["scanned"])).get(image.digest) if image.digest else None
    if scanned is None:
        return "has not passed a scan"
    is_old = scanned + timedelta(days=settings["max_age_days"]) < date.today()
    return f"was last scanned on {scanned.isoformat()}, too long ago" if is_old else None


def _scans(lines: tuple[str, ...]) -> Iterator[tuple[str, date]]:
    """`<digest> <ISO date>` per line; other lines are ignored."""
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
    summary="An image was recently scanned for vulnerabilities.",
    remedy="scan it and add `<digest> <date>` to this rule's scanned setting",
    sources=("CIS Docker 4.4", "Kyverno require-vulnerability-scan", "Kyverno block-stale-images"),
    defaults={"scanned": (), "max_age_days": 30},
    **on_image(_problem),
)

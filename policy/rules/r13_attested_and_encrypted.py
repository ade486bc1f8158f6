"""R13: only attested images run, under a key of one's own, where that is asked; the rule's settings ask."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import RunView


def _check(run: RunView, settings: Settings) -> Iterator[Finding]:
    if settings["attested_images"] and not run.attested:
        problem = "attested is false, so whoever may deploy decides what runs"
        yield Finding(run.subject, "attested", problem, "set attested_images of its group, or binaryAuthorization")
    if run.breaks_glass:
        problem = "breaks_glass is true, so an image runs that Binary Authorization refuses"
        yield Finding(run.subject, "breaks_glass", problem, "drop breakglassJustification")
    if settings["own_key"] and run.encryption_key is None:
        problem = "encryption_key is not set, so its image's copies lie under a key of Google's"
        yield Finding(run.subject, "encryption_key", problem, "set encryptionKey of its template")


RULE = ResourceRule(
    id="R13",
    name="attested-and-encrypted",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="Where it is asked, only attested images run, and under a key of one's own.",
    remedy="set attested_images of its group under machine.cloud.services",
    sources=("Cloud Foundation Fabric encryption_key",),
    defaults={"attested_images": False, "own_key": False},
    resources=(ResourceCheck(of="runs", reads=("attested", "breaks_glass", "encryption_key"), check=_check),),
)

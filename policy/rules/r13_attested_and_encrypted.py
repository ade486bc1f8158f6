"""R13: if the rule's settings require it, only attested images run, encrypted with a customer-managed key."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import RunView


def _check(run: RunView, settings: Settings) -> Iterator[Finding]:
    if settings["attested_images"] and not run.attested:
        problem = "attested is false, so anyone who may deploy decides what runs"
        yield Finding("attested", problem, "set attested_images of its group, or binaryAuthorization")
    if run.breaks_glass:
        problem = "breaks_glass is true, so an image may run that Binary Authorization rejects"
        yield Finding("breaks_glass", problem, "remove breakglassJustification")
    if settings["own_key"] and run.encryption_key is None:
        problem = "encryption_key is not set, so copies of its image are encrypted with a Google-managed key"
        yield Finding("encryption_key", problem, "set encryptionKey of its template")


RULE = ResourceRule(
    id="R13",
    name="attested-and-encrypted",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="If required, only attested images run, encrypted with a customer-managed key.",
    remedy="set attested_images of its group under machine.cloud.services",
    sources=("Cloud Foundation Fabric encryption_key",),
    defaults={"attested_images": False, "own_key": False},
    resources=(ResourceCheck(of="runs", reads=("attested", "breaks_glass", "encryption_key"), check=_check),),
)
